#include "wrcor/run/workbench.h"

#include <spdlog/spdlog.h>

#include <algorithm>

#include "wrcor/batch/fit_image.h"
#include "wrcor/batch/minibatch.h"
#include "wrcor/config/chosen_space.h"
#include "wrcor/config/proxy_choice.h"
#include "wrcor/config/seeds.h"
#include "wrcor/core/processor.h"
#include "wrcor/data/builtin.h"
#include "wrcor/eval/device.h"
#include "wrcor/run/data_fetch.h"

namespace wrcor {
namespace {

Minibatch open_minibatch(const Config& config, const DownloadSink& download) {
  if (!config.data.batch_file.empty()) return load_minibatch(config.data.batch_file);
  DatasetOptions options = dataset_options(config);
  options.fit = fit_image;
  if (config.data.download) {
    options.fetch = [&](const DataSource& source) { fetch_data(source, config, download); };
  }
  const auto dataset = datasets().find(config.data.name).make.open(options);
  return draw_minibatch(*dataset, config.data.batch_size, config.data.augment, seeds(config).data);
}

/// Whether what is missing now may be there when it is needed.
bool may_download(const Config& config) {
  return config.data.download && config.data.root.empty() &&
         datasets().find(config.data.name).make.source.has_value();
}

int chosen_workers(const Config& config, const at::Device& device) {
  if (config.run.workers > 0) return config.run.workers;
  // One process keeps a GPU's queue filled; on the CPU one thread a network wastes none on
  // synchronisation.
  return device.is_cpu() ? std::max(1, usable_cores() / config.run.threads) : 1;
}

}  // namespace

std::vector<ConfigCheck> workbench_checks() {
  return {{{"run.device"}, [](const Config& config) { resolve_device(config.run.device); }},
          {{"data.batch_file"},
           [](const Config& config) {
             if (!config.data.batch_file.empty()) open_minibatch(config, {});
           },
           /*costly=*/true},
          {{"data.name", "data.root", "data.image_size", "data.batch_size", "data.batch_file"},
           [](const Config& config) {
             if (config.data.batch_file.empty() && !may_download(config))
               open_minibatch(config, {});
           },
           /*costly=*/true}};
}

Workbench make_workbench(const Config& config, const DownloadSink& download) {
  configure_process();
  configure_thread(config.run.threads);
  if (blas_is_reference()) {
    spdlog::warn(
        "matrix products run on the reference BLAS ({}), which makes a network about 5 times "
        "slower; install OpenBLAS (Debian: libopenblas0-pthread)",
        blas_library());
  }
  const at::Device device = resolve_device(config.run.device);
  Workbench bench;
  bench.device_kind = device.is_cuda() ? "cuda" : "cpu";
  bench.workers = chosen_workers(config, device);
  bench.threads = config.run.threads;
  reserve_blas_buffers(bench.workers * bench.threads);
  Minibatch minibatch = open_minibatch(config, download);
  bench.batch = {{"dataset", minibatch.dataset},
                 {"classes", dataset_info(config).classes},
                 {"size", minibatch.images.size(0)},
                 {"sha256", minibatch.sha256}};
  bench.space = make_space(config, {static_cast<int>(minibatch.images.size(2)),
                                    static_cast<int>(minibatch.images.size(3))});
  spdlog::info("{} images of {} on {}, {} {} of {} {}", minibatch.images.size(0), minibatch.dataset,
               device.str(), bench.workers, bench.workers == 1 ? "worker" : "workers",
               bench.threads, bench.threads == 1 ? "thread" : "threads");
  bench.evaluator = std::make_unique<Evaluator>(
      *bench.space, std::move(minibatch),
      EvaluatorOptions{effective_proxies(config), config.score.counting, config.score.init,
                       config.score.weights_mode, config.score.repeats, seeds(config).weights},
      device);
  return bench;
}

}  // namespace wrcor
