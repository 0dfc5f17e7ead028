#include "device_work.h"

#include <torch/csrc/autograd/profiler_kineto.h>

#include <string>

namespace wrcor {

DeviceWork count_device_work(const std::function<void()>& work) {
  using torch::profiler::impl::ActivityType;
  const torch::profiler::impl::ProfilerConfig config(torch::profiler::impl::ProfilerState::KINETO);
  const std::set<ActivityType> activities{ActivityType::CPU, ActivityType::CUDA};
  torch::autograd::profiler::prepareProfiler(config, activities);
  torch::autograd::profiler::enableProfiler(config, activities);
  work();
  const auto result = torch::autograd::profiler::disableProfiler();
  DeviceWork counted;
  for (const auto& event : result->events()) {
    const std::string name = event.name();
    if (event.deviceType() != c10::DeviceType::CUDA) {
      // The calls of the runtime; a copy to the host waits by the first of them.
      if (name == "cudaStreamSynchronize" || name == "cudaDeviceSynchronize" ||
          name == "cudaEventSynchronize")
        ++counted.waits;
    } else if (name.find("HtoD") != std::string::npos) {
      ++counted.uploads;
    } else if (name.find("Memcpy") == std::string::npos &&
               name.find("Memset") == std::string::npos &&
               name.find("ynchronize") == std::string::npos) {
      ++counted.launches;
    }
  }
  return counted;
}

}  // namespace wrcor
