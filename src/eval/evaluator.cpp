#include "eval/evaluator.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <chrono>
#include <limits>
#include <optional>
#include <stdexcept>

#include "eval/device.h"
#include "eval/repeats.h"
#include "nn/draws.h"
#include "proxy/batch_observation.h"
#include "proxy/factory.h"
#include "proxy/response_parts.h"
#include "wrcor/core/error.h"
#include "wrcor/core/random.h"

namespace wrcor {
namespace {

/// Marks a score as undefined for a reason that concerns the whole network; its raw value stays.
void degrade(Score& score, const std::string& reason) {
  score = Score::degenerate(reason, score.raw);
}

/// False for proxies of only the structure or the weights.
bool uses_images(const Proxy& proxy) {
  return proxy.requirements().any() || !proxy.own_passes().empty();
}

/// Why no score that uses images can be trusted: the reason, or nothing.
/// @param logits  [N, classes], or undefined
std::string flaw_of(const at::Tensor& logits) {
  if (!logits.defined()) return {};
  if (!logits.isfinite().all().item<bool>()) return "nonfinite_output";
  return (logits == logits[0]).all().item<bool>() ? "constant_output" : "";
}

}  // namespace

Evaluator::Evaluator(const SearchSpace& space, Minibatch minibatch, EvaluatorOptions options,
                     at::Device device)
    : space_(space),
      minibatch_(std::move(minibatch)),
      options_(std::move(options)),
      device_(device),
      memory_(device, options_.memory_bound),
      batches_(memory_) {
  for (const std::string& name : options_.proxies) {
    proxies_.push_back({name, make_proxy(name, {space_, options_.proxy_input})});
    const Proxy& proxy = *proxies_.back().proxy;
    if (const std::string missing = proxy.lacking(minibatch_.labels); !missing.empty()) {
      throw UsageError("proxy " + name + " needs " + missing + ", the minibatch has " +
                       std::to_string(samples()) +
                       " images; take another minibatch, or leave the proxy out");
    }
    requirements_ |= proxy.requirements();
    // Whether the output is constant is determined on the minibatch, whatever else a proxy uses:
    // the status of a score must not depend on the other proxies.
    if (uses_images(proxy)) requirements_ |= {Need::logits};
  }
  const int classes = space_.input().classes;
  const auto largest = minibatch_.labels.max().item<std::int64_t>();
  if (largest >= classes) {
    throw UsageError("the minibatch has a label " + std::to_string(largest) +
                     ", but the networks have " + std::to_string(classes) +
                     " classes; choose the data set that the batch is from");
  }
  // Before the transfer, which waits: workers read the images in their own streams.
  if (options_.channels_last && !device_.is_cpu())
    minibatch_.images = minibatch_.images.contiguous(at::MemoryFormat::ChannelsLast);
  minibatch_.images = minibatch_.images.to(device_);
  minibatch_.labels = minibatch_.labels.to(device_);
  if (options_.weights_mode == WeightsMode::shared) {
    for (int repeat = 0; repeat < options_.repeats; ++repeat) draws_.push_back(draw(repeat, {}));
  }
}

Evaluator::~Evaluator() = default;

std::unique_ptr<Evaluator::Draws> Evaluator::draw(int repeat, const Genotype& genotype) const {
  const WeightsMode mode = options_.weights_mode;
  const std::string architecture = mode == WeightsMode::shared ? "" : space_.format(genotype);
  return std::make_unique<Draws>(weights_seed(options_.seed, repeat, mode, architecture),
                                 noise_seed(options_.seed, repeat, mode, architecture),
                                 options_.initialisation, device_);
}

Evaluation Evaluator::evaluate(const Genotype& genotype) const {
  return evaluate(genotype, repeats());
}

Evaluation Evaluator::evaluate(const Genotype& genotype, int repeats) const {
  require_draws(repeats);
  return attempt(genotype, [&](Activations activations) {
    return measure_repeats(genotype, repeats, activations);
  });
}

Evaluation Evaluator::evaluate(const Genotype& genotype, const WeightSource& weights) const {
  const std::uint64_t seed =
      noise_seed(options_.seed, 0, options_.weights_mode, space_.format(genotype));
  return evaluate(genotype, weights, Noise(seed, device_));
}

Evaluation Evaluator::evaluate(const Genotype& genotype, const WeightSource& weights,
                               const Noise& noise) const {
  return attempt(genotype, [&](Activations activations) {
    return measure(genotype, space_.plan(genotype), weights, noise, activations);
  });
}

/// An architecture that cannot be evaluated does not end a run of thousands, but a device that no
/// longer works does.
Evaluation Evaluator::attempt(const Genotype& genotype, const MemoryPolicy::Attempt& work) const
    try {
  const std::string architecture = space_.format(genotype);
  auto tried = memory_.evaluate(architecture, work);
  if (tried.result) return *std::move(tried.result);
  spdlog::warn("cannot evaluate {}: out of memory{}", architecture,
               memory_.describe(tried.refused));
  Evaluation evaluation = failure(genotype, "out_of_memory");
  evaluation.wanted_bytes = tried.refused.wanted_bytes;
  return evaluation;
} catch (const Error&) {
  throw;
} catch (const std::exception& error) {
  const std::string what = "cannot evaluate " + space_.format(genotype) + ": " + first_line(error);
  if (!computes(device_)) throw RunError(what);
  spdlog::warn("{}", what);
  return failure(genotype, first_line(error));
}

void Evaluator::require_draws(int repeats) const {
  if (repeats < 1 || repeats > options_.repeats)
    throw std::logic_error("an evaluator has as many repeats as its options say");
}

Evaluation Evaluator::failure(const Genotype& genotype, const std::string& reason) const {
  Evaluation evaluation{Status::failed, reason, {}, space_.costs(genotype)};
  for (const NamedProxy& entry : proxies_) {
    Score score = Score::degenerate(reason, std::numeric_limits<double>::quiet_NaN());
    score.status = Status::failed;
    evaluation.scores.emplace_back(entry.name, std::move(score));
  }
  return evaluation;
}

Evaluation Evaluator::measure_repeats(const Genotype& genotype, int count,
                                      Activations activations) const {
  const NetworkPlan plan = space_.plan(genotype);
  std::vector<Evaluation> repeats;
  for (int repeat = 0; repeat < count; ++repeat) {
    if (options_.weights_mode == WeightsMode::shared) {
      const Draws& shared = *draws_[static_cast<std::size_t>(repeat)];
      repeats.push_back(measure(genotype, plan, shared.weights, shared.noise, activations));
    } else {
      const auto own = draw(repeat, genotype);
      repeats.push_back(measure(genotype, plan, own->weights, own->noise, activations));
    }
  }
  return mean_of_repeats(repeats);
}

bool Evaluator::batches() const {
  return options_.weights_mode == WeightsMode::shared && requirements_.any() &&
         std::all_of(proxies_.begin(), proxies_.end(),
                     [](const NamedProxy& entry) { return entry.proxy->own_passes().empty(); });
}

std::vector<Evaluation> Evaluator::evaluate_batch(std::span<const Genotype> genotypes) const {
  return evaluate_batch(genotypes, repeats());
}

std::vector<Evaluation> Evaluator::evaluate_batch(std::span<const Genotype> genotypes,
                                                  int repeats) const {
  const auto alone = [&](const Genotype& genotype) { return evaluate(genotype, repeats); };
  if (batches()) {
    require_draws(repeats);
    return batches_.evaluate(genotypes, alone, [&](std::span<const Genotype> batch) {
      return measure_batch(batch, repeats);
    });
  }
  std::vector<Evaluation> evaluations;
  for (const Genotype& genotype : genotypes) evaluations.push_back(alone(genotype));
  return evaluations;
}

std::vector<Evaluation> Evaluator::measure_batch(std::span<const Genotype> genotypes,
                                                 int count) const {
  std::vector<std::vector<Evaluation>> repeats(genotypes.size());
  for (int repeat = 0; repeat < count; ++repeat) {
    const Draws& draws = *draws_[static_cast<std::size_t>(repeat)];
    std::vector<Network> networks;
    for (const Genotype& genotype : genotypes)
      networks.emplace_back(space_.plan(genotype), draws.weights);
    const std::vector<Observation> seen = observe_batch(
        {networks.front(), minibatch_.images, minibatch_.labels, options_.counting, draws.noise},
        networks, requirements_);
    for (std::size_t i = 0; i < genotypes.size(); ++i)
      repeats[i].push_back(scored(genotypes[i], seen[i]));
  }
  std::vector<Evaluation> evaluations;
  for (const auto& of_one : repeats) evaluations.push_back(mean_of_repeats(of_one));
  return evaluations;
}

std::int64_t Evaluator::batch_bytes(std::span<const Genotype> genotypes) const {
  std::vector<NetworkPlan> plans;
  for (const Genotype& genotype : genotypes) plans.push_back(space_.plan(genotype));
  return wrcor::batch_bytes(plans, minibatch_.images, options_.counting, requirements_);
}

std::vector<ResponsePart> Evaluator::response_parts(const Genotype& genotype) const try {
  const auto own = draw(0, genotype);
  const Network network(space_.plan(genotype), own->weights);
  return wrcor::response_parts(network, minibatch_.images, minibatch_.labels, options_.counting);
} catch (const Error&) {
  throw;
} catch (const std::exception& error) {
  throw RunError("cannot decompose " + space_.format(genotype) + ": " + first_line(error));
}

std::vector<PassCost> Evaluator::explain(const Genotype& genotype) const try {
  std::vector<PassCost> costs;
  const auto own = draw(0, genotype);
  measure(genotype, space_.plan(genotype), own->weights, own->noise, Activations::kept, &costs);
  return costs;
} catch (const Error&) {
  throw;
} catch (const std::exception& error) {
  throw RunError("cannot explain " + space_.format(genotype) + ": " + first_line(error));
}

std::vector<PassCost> Evaluator::shared_costs(const Observation& seen) const {
  std::vector<PassCost> costs;
  for (const PassRecord& pass : seen.passes()) {
    PassCost& cost = costs.emplace_back(PassCost{pass.what, {}, pass.seconds});
    for (const NamedProxy& entry : proxies_) {
      if ((entry.proxy->requirements() & pass.serves).any()) cost.serves.push_back(entry.name);
    }
  }
  return costs;
}

Evaluation Evaluator::measure(const Genotype& genotype, const NetworkPlan& plan,
                              const WeightSource& weights, const Noise& noise,
                              Activations activations, std::vector<PassCost>* costs) const {
  const Network network(plan, weights);
  const Observation seen({network, minibatch_.images, minibatch_.labels, options_.counting, noise,
                          costs != nullptr, activations},
                         requirements_);
  if (costs != nullptr) *costs = shared_costs(seen);
  return scored(genotype, seen, costs);
}

/// An error affects no other score, unless it concerns the whole evaluation; that of a shared pass
/// affects the scores that need the pass.
Score Evaluator::score_alone(const Genotype& genotype, const NamedProxy& entry,
                             const Observation& seen) const try {
  if (uses_images(*entry.proxy)) seen.require({Need::logits});
  return score_of(*entry.proxy, seen);
} catch (const std::exception& error) {
  if (as_out_of_memory(error) || !computes(device_)) throw;
  spdlog::warn("cannot compute {} of {}: {}", entry.name, space_.format(genotype),
               first_line(error));
  Score score = Score::degenerate(first_line(error), std::numeric_limits<double>::quiet_NaN());
  score.status = Status::failed;
  return score;
}

Evaluation Evaluator::scored(const Genotype& genotype, const Observation& seen,
                             std::vector<PassCost>* costs) const {
  Evaluation evaluation;
  evaluation.costs = space_.costs(genotype);
  for (const NamedProxy& entry : proxies_) {
    const auto start = std::chrono::steady_clock::now();
    evaluation.scores.emplace_back(entry.name, score_alone(genotype, entry, seen));
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    if (costs != nullptr) {
      costs->push_back(
          {std::string(entry.proxy->own_passes()), {entry.name}, seconds.count(), false});
    }
  }
  const bool connected = space_.connected(genotype);
  const std::string output = flaw_of(seen.logits());
  for (std::size_t i = 0; i < proxies_.size(); ++i) {
    Score& score = evaluation.scores[i].second;
    if (!connected) {
      degrade(score, "disconnected");
    } else if (!output.empty() && uses_images(*proxies_[i].proxy)) {
      degrade(score, output);
    }
  }
  summarise_status(evaluation);
  return evaluation;
}

}  // namespace wrcor
