#pragma once

#include <cstdint>
#include <functional>

namespace wrcor {

/// What a CUDA device was asked for.
struct DeviceWork {
  std::int64_t launches = 0;  ///< kernels
  std::int64_t waits = 0;     ///< synchronisations, one of which follows every copy to the host
  std::int64_t uploads = 0;   ///< copies from the host
};

/// Counts it with libtorch's profiler, of the calling thread. Zeros without CUDA.
DeviceWork count_device_work(const std::function<void()>& work);

}  // namespace wrcor
