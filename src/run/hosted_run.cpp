#include "run/hosted_run.h"

#include <unistd.h>

#include <array>
#include <chrono>
#include <cstring>

#include "core/hash.h"
#include "core/json.h"
#include "eval/evaluator.h"
#include "minibatch/minibatch.h"
#include "run/interrupt.h"
#include "score/scoring_revision.h"
#include "wrcor/config/config_loader.h"
#include "wrcor/core/error.h"
#include "wrcor/core/registry.h"

namespace wrcor {
namespace {

using Json = nlohmann::ordered_json;

/// Images and labels as they lie in memory.
std::string bytes_of(const Minibatch& minibatch) {
  const auto append = [](std::string& bytes, const at::Tensor& tensor) {
    bytes.append(static_cast<const char*>(tensor.data_ptr()), tensor.nbytes());
  };
  std::string bytes;
  append(bytes, minibatch.images);
  append(bytes, minibatch.labels);
  return bytes;
}

/// @throws MessageError
Minibatch minibatch_from(const std::string& bytes, const RunOffer& offer) {
  std::size_t values = 1;
  for (const std::int64_t side : offer.images) {
    values *= static_cast<std::size_t>(side);
    if (values * sizeof(float) > bytes.size())
      throw MessageError("the images of the queue are incomplete");
  }
  const auto count = static_cast<std::size_t>(offer.images.front());
  if (bytes.size() != values * sizeof(float) + count * sizeof(std::int64_t))
    throw MessageError("the images of the queue have another size");
  const at::Tensor images = at::empty(offer.images, at::kFloat);
  const at::Tensor labels = at::empty({offer.images.front()}, at::kLong);
  std::memcpy(images.data_ptr(), bytes.data(), images.nbytes());
  std::memcpy(labels.data_ptr(), bytes.data() + images.nbytes(), labels.nbytes());
  Minibatch minibatch;
  try {
    minibatch = make_minibatch({{"images", images}, {"labels", labels}}, "the queue");
  } catch (const DataError& error) {
    throw MessageError(error.what());
  }
  if (minibatch.sha256 != offer.sha256)
    throw MessageError("the images of the queue are not those of the search");
  minibatch.dataset = offer.data.at("name").get<std::string>();
  return minibatch;
}

/// The settings that determine scores; the others are those of the coordinator and its machine.
Config settings_for_workers(Config config) {
  const Config defaults;
  config.data.root.clear();
  config.data.mirror.clear();
  config.data.batch_file.clear();
  config.search = defaults.search;
  config.constraints = defaults.constraints;
  config.run.device = defaults.run.device;
  config.run.workers = defaults.run.workers;
  config.run.max_memory = defaults.run.max_memory;
  return config;
}

/// @throws MessageError
RunSpec offered_spec(const RunOffer& offer, const Config& local) {
  try {
    Config config = config_from_json(offer.config, "the queue");
    config.run.device = local.run.device;
    config.run.workers = local.run.workers;
    config.run.max_memory = local.run.max_memory;
    DatasetInfo data;
    data.name = offer.data.at("name").get<std::string>();
    data.classes = offer.data.at("classes").get<int>();
    data.image = {3, static_cast<int>(offer.images[2]), static_cast<int>(offer.images[3])};
    return resolve(config, data);
  } catch (const Error& error) {
    throw MessageError(error.what());
  } catch (const nlohmann::json::exception& error) {
    throw MessageError(reason_of(error));
  }
}

/// @throws UsageError
void require_same_platform(const RunOffer& offer, const Json& here) {
  std::vector<std::string> differences;
  for (const auto& [name, value] : here.items()) {
    const Json wanted = offer.platform.value(name, Json());
    if (wanted != value)
      differences.push_back(name + ": the search has " + wanted.dump() + ", this worker " +
                            value.dump());
  }
  if (differences.empty() || offer.mixed) return;
  throw UsageError("this worker would compute scores with other last digits (" +
                   join(differences, "; ") +
                   "); use the same build on the same kind of machine, or start the search with "
                   "--mixed");
}

}  // namespace

Json platform_of(const ScoringConditions& conditions) {
  const Platform& platform = conditions.platform;
  const bool is_gpu = conditions.device_kind == "cuda";  // for processors, the kernels decide
  return {{"scoring_revision", scoring_revision},
          {"libtorch", platform.libtorch},
          {"device", is_gpu ? "cuda, " + platform.processor : conditions.device_kind},
          {"kernels", platform.kernels},
          {"blas", platform.blas_file()}};
}

std::string process_name() {
  std::array<char, 256> name{};
  if (gethostname(name.data(), name.size() - 1) != 0) return "unknown:" + std::to_string(getpid());
  return std::string(name.data()) + ":" + std::to_string(getpid());
}

HostedRun hosted_run(const RunSpec& spec, const Workbench& bench, const Json& header) {
  const Minibatch& minibatch = bench.evaluator->minibatch();
  const SearchSpace& space = *bench.space;
  const Config::Search& search = spec.config.search;
  HostedRun run;
  run.access = {QueueAddress::parse_named(search.queue),
                queue_password(search.queue_password_file)};
  run.offer.run = sha256_hex(header.dump());
  run.offer.session = std::to_string(std::chrono::system_clock::now().time_since_epoch().count());
  run.offer.coordinator = process_name();
  run.offer.config = to_json(settings_for_workers(spec.config));
  run.offer.data = {{"name", minibatch.dataset}, {"classes", spec.data.classes}};
  run.offer.images = minibatch.images.sizes().vec();
  run.offer.sha256 = minibatch.sha256;
  run.offer.platform = platform_of(bench.conditions);
  run.offer.mixed = search.mixed;
  run.offer.lease_seconds = search.queue_lease;
  run.images = bytes_of(minibatch);
  run.proxies = spec.proxies;
  run.format = [&space](const Genotype& genotype) { return space.format(genotype); };
  run.costs = [&space](const Genotype& genotype) { return space.costs(genotype); };
  run.is_interrupted = [] { return InterruptGuard::signal() != 0; };
  return run;
}

SourceMaker remote_source(const HostedRun& run) {
  return [&run](const SourceShape& shape, EvaluationHooks hooks) {
    return std::make_unique<RemoteEvaluations>(run, shape, std::move(hooks));
  };
}

Workbench offered_workbench(const RunOffer& offer, const std::string& images, const Config& local) {
  const RunSpec spec = offered_spec(offer, local);
  Workbench bench = workbench_on(spec, minibatch_from(images, offer));
  require_same_platform(offer, platform_of(bench.conditions));
  return bench;
}

}  // namespace wrcor
