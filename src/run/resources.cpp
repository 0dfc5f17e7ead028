#include "internal/resources.h"

#include <spdlog/spdlog.h>

#include "config/chosen_data.h"
#include "core/counted.h"
#include "core/processor.h"
#include "eval/cuda.h"
#include "eval/device.h"
#include "minibatch/fit_image.h"
#include "run/data_fetch.h"
#include "wrcor/data/builtin.h"

namespace wrcor {

std::unique_ptr<Dataset> open_dataset(const Config& config, Split split,
                                      const DownloadSink& download) {
  DatasetOptions options = dataset_options(config);
  options.fit = fit_image;
  options.split = split;
  if (split == Split::test) options.test_root = config.train.test_root;
  if (config.data.download) {
    options.fetch = [&](const DataSource& source) { fetch_data(source, config, download); };
  }
  return datasets().find(config.data.name).value.open(options);
}

at::Device prepare_machine(const Config& config) {
  configure_process();
  configure_thread(config.run.threads);
  // They are not limited: they change the last digits of scores, and a run may continue elsewhere.
  if (const int cores = usable_cores(); config.run.threads > cores) {
    spdlog::warn(
        "{} per worker on {}: those that wait for a processor slow the others down; lower "
        "--threads",
        counted(config.run.threads, "thread"), counted(cores, "processor"));
  }
  if (blas_is_reference()) {
    spdlog::warn(
        "matrix products run on the reference BLAS ({}), which is slow: proxies that use them, and "
        "trainings, take longer; install OpenBLAS (Debian: libopenblas0-pthread)",
        blas_library());
  }
  const at::Device device = resolve_device(config.run.device);
  configure_device(device, config.run.tf32);
  return device;
}

Platform this_platform(at::Device device) {
  if (!device.is_cuda())
    return {libtorch_version(), processor_name(), blas_library(), computing_kernels()};
  const CudaParts parts = cuda_parts(device.index());
  return {libtorch_version(), parts.model, blas_library(), describe_software(parts)};
}

}  // namespace wrcor
