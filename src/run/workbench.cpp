#include "wrcor/run/workbench.h"

#include <spdlog/spdlog.h>

#include <algorithm>

#include "wrcor/core/random.h"
#include "wrcor/data/builtin.h"
#include "wrcor/data/minibatch.h"
#include "wrcor/eval/device.h"
#include "wrcor/run/proxy_choice.h"
#include "wrcor/space/builtin.h"

namespace wrcor {
namespace {

DatasetOptions dataset_options(const Config& config) {
  return {config.data.root, parse_image_size(config.data.image_size)};
}

Minibatch open_minibatch(const Config& config) {
  if (!config.data.batch_file.empty()) return load_minibatch(config.data.batch_file);
  const auto dataset = datasets().find(config.data.name).make.open(dataset_options(config));
  return draw_minibatch(*dataset, config.data.batch_size, config.data.augment,
                        derive_seed(config.run.seed, {"data"}));
}

std::unique_ptr<SearchSpace> sized_space(const Config& config, int height, int width) {
  const DatasetInfo info = dataset_info(config);
  return spaces()
      .find(config.space.name)
      .make({config.space.channels, config.space.cells, info.classes, height, width});
}

int chosen_workers(const Config& config, const at::Device& device) {
  if (config.run.workers > 0) return config.run.workers;
  // One process keeps a GPU's queue filled; on the CPU one thread a network wastes none on
  // synchronisation.
  return device.is_cpu() ? std::max(1, usable_cores() / config.run.threads) : 1;
}

}  // namespace

DatasetInfo dataset_info(const Config& config) {
  return datasets().find(config.data.name).make.info(dataset_options(config));
}

std::unique_ptr<SearchSpace> make_space(const Config& config) {
  const FeatureShape image = dataset_info(config).image;
  return sized_space(config, image.height, image.width);
}

Workbench make_workbench(const Config& config) {
  configure_process();
  configure_thread(config.run.threads);
  if (blas_is_reference()) {
    spdlog::warn(
        "matrix products run on the reference BLAS ({}), which makes a network about 5 times "
        "slower; install OpenBLAS (Debian: libopenblas0-pthread)",
        blas_library());
  }
  const at::Device device = resolve_device(config.run.device);
  Minibatch minibatch = open_minibatch(config);
  Workbench bench;
  bench.device_kind = device.is_cuda() ? "cuda" : "cpu";
  bench.workers = chosen_workers(config, device);
  bench.threads = config.run.threads;
  bench.batch = {{"dataset", minibatch.dataset},
                 {"size", minibatch.images.size(0)},
                 {"sha256", minibatch.sha256}};
  bench.space = sized_space(config, static_cast<int>(minibatch.images.size(2)),
                            static_cast<int>(minibatch.images.size(3)));
  spdlog::info("{} images of {} on {}, {} {} of {} {}", minibatch.images.size(0), minibatch.dataset,
               device.str(), bench.workers, bench.workers == 1 ? "worker" : "workers",
               bench.threads, bench.threads == 1 ? "thread" : "threads");
  bench.evaluator = std::make_unique<Evaluator>(
      *bench.space, std::move(minibatch),
      EvaluatorOptions{effective_proxies(config), config.score.counting, config.score.init,
                       config.score.weights_mode, config.score.repeats,
                       derive_seed(config.run.seed, {"weights"})},
      device);
  return bench;
}

}  // namespace wrcor
