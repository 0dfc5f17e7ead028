#include "wrcor/run/workbench.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <bit>

#include "config/chosen_data.h"
#include "core/counted.h"
#include "core/processor.h"
#include "eval/device.h"
#include "eval/evaluator.h"
#include "internal/resources.h"
#include "minibatch/minibatch.h"
#include "proxy/batch_observation.h"
#include "run/interrupt.h"
#include "wrcor/config/config_loader.h"
#include "wrcor/core/random.h"
#include "wrcor/data/builtin.h"

namespace wrcor {
namespace {

/// @param seed  of the draw
Minibatch open_minibatch(const Config& config, std::uint64_t seed, const DownloadSink& download) {
  const InterruptibleWait wait;
  if (!config.data.batch_file.empty()) return load_minibatch(config.data.batch_file);
  const auto dataset = open_dataset(config, Split::training, download);
  return draw_minibatch(*dataset, config.data.batch_size, config.data.augment, seed);
}

void warn_of_equal_images(const Minibatch& minibatch) {
  const auto equal = equal_images(minibatch);
  if (!equal) return;
  spdlog::warn(
      "the minibatch holds an image twice (images {} and {}): proxies that compare images are "
      "undefined for it",
      equal->first, equal->second);
}

/// Whether missing data may be downloaded before they are needed.
bool may_download(const Config& config) {
  return config.data.download && config.data.root.empty() &&
         datasets().find(config.data.name).value.source.has_value();
}

int chosen_workers(const Config& config, const at::Device& device) {
  if (config.run.workers > 0) return config.run.workers;
  // One worker keeps a GPU's queue filled; on the CPU one thread per network wastes no time on
  // synchronisation.
  return device.is_cpu() ? std::max(1, usable_cores() / config.run.threads) : 1;
}

std::optional<std::int64_t> memory_bound(const Config& config) {
  if (!config.run.max_memory) return std::nullopt;
  return *config.run.max_memory << 20;
}

std::unique_ptr<Evaluator> make_evaluator(const RunSpec& spec, const SearchSpace& space,
                                          Minibatch minibatch, const at::Device& device) {
  const Config& config = spec.config;
  return std::make_unique<Evaluator>(
      space, std::move(minibatch),
      EvaluatorOptions{spec.proxies, config.score.counting, config.score.proxy_input,
                       config.score.init, config.score.weights_mode, config.score.repeats,
                       spec.seeds.weights, memory_bound(config), config.run.channels_last},
      device);
}

/// On CUDA as many as fit the free memory for all workers together, with a margin for what the
/// estimate omits: a batch keeps the device busy, which the small kernels of one network do not. A
/// power of two, so that a little more or less free memory seldom makes a difference.
int chosen_networks_per_batch(const Config& config, const SearchSpace& space,
                              const Evaluator& evaluator, int workers) {
  const int wanted = config.run.networks_per_batch;
  if (!evaluator.batches()) {
    if (wanted > 1)
      spdlog::info(
          "networks are evaluated one by one: not all that is asked for can be in batches");
    return 1;
  }
  if (wanted > 0) return wanted;
  if (evaluator.device().is_cpu()) return 1;
  constexpr int sampled = 32, usual = 16;
  constexpr std::int64_t most = 256;
  const std::optional<std::int64_t> memory = free_device_memory(evaluator.device());
  if (!memory) return usual;
  Rng any(0);
  std::vector<Genotype> sample;
  while (std::ssize(sample) < sampled) sample.push_back(space.sample(any));
  const std::int64_t each = std::max<std::int64_t>(1, evaluator.batch_bytes(sample) / sampled);
  const std::int64_t usable = *memory * 8 / 10 / workers - batch_overhead_bytes;
  const std::int64_t fitting = std::clamp(usable / each, std::int64_t{1}, most);
  return static_cast<int>(std::bit_floor(static_cast<std::uint64_t>(fitting)));
}

Workbench bench_on(const at::Device& device, const RunSpec& spec, Minibatch minibatch) {
  const Config& config = spec.config;
  Workbench bench;
  bench.conditions.device_kind = device.is_cuda() ? "cuda" : "cpu";
  bench.workers = chosen_workers(config, device);
  bench.threads = config.run.threads;
  bench.conditions.platform = this_platform(device);
  reserve_blas_buffers(bench.workers * bench.threads);
  warn_of_equal_images(minibatch);
  bench.conditions.batch = {
      {"dataset", minibatch.dataset},      {"classes", spec.data.classes},
      {"size", minibatch.images.size(0)},  {"height", minibatch.images.size(2)},
      {"width", minibatch.images.size(3)}, {"sha256", minibatch.sha256}};
  bench.space = space_for(spec, {static_cast<int>(minibatch.images.size(2)),
                                 static_cast<int>(minibatch.images.size(3))});
  const std::string batch =
      fmt::format("{} images of {}", minibatch.images.size(0), minibatch.dataset);
  bench.evaluator = make_evaluator(spec, *bench.space, std::move(minibatch), device);
  bench.conditions.networks_per_batch =
      chosen_networks_per_batch(config, *bench.space, *bench.evaluator, bench.workers);
  spdlog::info("{} on {}, {} of {}{}", batch, device.str(), counted(bench.workers, "worker"),
               counted(bench.threads, "thread"),
               bench.conditions.networks_per_batch > 1
                   ? fmt::format(", {} networks per batch", bench.conditions.networks_per_batch)
                   : "");
  return bench;
}

/// @throws as open_minibatch()
void check_minibatch(const Config& config) {
  open_minibatch(config, seeds_of(config.run.seed).data, {});
}

}  // namespace

Workbench::Workbench() = default;
Workbench::Workbench(Workbench&& other) noexcept = default;
Workbench& Workbench::operator=(Workbench&& other) noexcept = default;
Workbench::~Workbench() = default;

std::vector<ConfigCheck> workbench_checks() {
  return {{{"run.device"}, [](const Config& config) { resolve_device(config.run.device); }},
          {{"data.batch_file"},
           [](const Config& config) {
             if (!config.data.batch_file.empty()) check_minibatch(config);
           },
           /*costly=*/true},
          {{"data.name", "data.root", "data.image_size", "data.batch_size", "data.batch_file"},
           [](const Config& config) {
             if (config.data.batch_file.empty() && !may_download(config)) check_minibatch(config);
           },
           /*costly=*/true}};
}

RunSpec resolve_for_images(const Config& config) {
  DatasetInfo data = dataset_info(config);
  if (!config.data.batch_file.empty()) {
    const at::Tensor images = load_minibatch(config.data.batch_file).images;
    data.image.height = static_cast<int>(images.size(2));
    data.image.width = static_cast<int>(images.size(3));
  }
  return resolve(config, data);
}

Workbench make_workbench(const RunSpec& spec, const DownloadSink& download) {
  const at::Device device = prepare_machine(spec.config);
  return bench_on(device, spec, open_minibatch(spec.config, spec.seeds.data, download));
}

Workbench workbench_on(const RunSpec& spec, Minibatch minibatch) {
  return bench_on(prepare_machine(spec.config), spec, std::move(minibatch));
}

std::unique_ptr<Evaluator> evaluator_on_other_minibatch(const RunSpec& spec, const Workbench& bench,
                                                        int number) {
  const std::uint64_t seed = derive_seed(spec.seeds.data, {"minibatch", std::to_string(number)});
  return make_evaluator(spec, *bench.space, open_minibatch(spec.config, seed, {}),
                        bench.evaluator->device());
}

}  // namespace wrcor
