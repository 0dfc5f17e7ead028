#include "wrcor/eval/evaluator.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <numeric>
#include <optional>
#include <stdexcept>

#include "wrcor/core/error.h"
#include "wrcor/core/random.h"
#include "wrcor/eval/device.h"
#include "wrcor/eval/memory_meter.h"
#include "wrcor/nn/draws.h"
#include "wrcor/proxy/batch_observation.h"
#include "wrcor/proxy/factory.h"
#include "wrcor/proxy/response_parts.h"

namespace wrcor {
namespace {

/// libtorch's messages continue with a stack trace.
std::string first_line(const std::exception& error) {
  const std::string text = error.what();
  return text.substr(0, text.find('\n'));
}

/// Marks a score as undefined for a reason that concerns the whole network; its raw value stays.
void degrade(Score& score, const std::string& reason) {
  score = Score::degenerate(reason, score.raw);
}

/// False for proxies of only the structure or the weights.
bool looks_at_images(const Proxy& proxy) {
  return proxy.requirements().any() || !proxy.own_passes().empty();
}

/// Why no score that uses images can be trusted: the reason, or nothing.
/// @param logits  [N, classes], or undefined
std::string flaw_of(const at::Tensor& logits) {
  if (!logits.defined()) return {};
  if (!logits.isfinite().all().item<bool>()) return "nonfinite_output";
  return (logits == logits[0]).all().item<bool>() ? "constant_output" : "";
}

/// The decadic logarithm of the mean of powers of ten.
double log10_of_mean(const std::vector<Score>& powers) {
  double greatest = -std::numeric_limits<double>::infinity(), sum = 0;
  for (const Score& power : powers) greatest = std::max(greatest, power.log10.value());
  for (const Score& power : powers) sum += std::pow(10.0, *power.log10 - greatest);
  return greatest + std::log10(sum / static_cast<double>(powers.size()));
}

/// The mean of a score's repeats, or the first that is undefined.
Score mean_of(const std::vector<Score>& repeats) {
  Score mean = repeats.front();
  std::vector<double> values;
  for (const Score& score : repeats) {
    if (score.status != Status::ok) return score;
    values.push_back(score.raw);
  }
  mean.raw =
      std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
  if (mean.log10) mean.log10 = log10_of_mean(repeats);
  if (mean.log10 && !std::isnormal(mean.raw)) return Score::beyond_double(*mean.log10);
  mean.value = mean.raw;
  const bool all_held = std::all_of(repeats.begin(), repeats.end(),
                                    [](const Score& score) { return score.value.has_value(); });
  if (all_held) mean.repeats = std::move(values);
  return mean;
}

/// An evaluation is ok if any of its scores is.
void summarise_status(Evaluation& evaluation) {
  for (const auto& entry : evaluation.scores) {
    if (entry.second.status == Status::ok) return;
  }
  const Score& first = evaluation.scores.front().second;
  evaluation.status = first.status;
  evaluation.reason = first.reason;
}

/// Mean over repeats; a score that is undefined in one repeat is undefined.
Evaluation average(const std::vector<Evaluation>& repeats) {
  if (repeats.size() == 1) return repeats.front();
  Evaluation mean = repeats.front();
  mean.status = Status::ok;
  mean.reason.clear();
  for (std::size_t p = 0; p < mean.scores.size(); ++p) {
    std::vector<Score> scores;
    for (const Evaluation& repeat : repeats) scores.push_back(repeat.scores[p].second);
    mean.scores[p].second = mean_of(scores);
  }
  summarise_status(mean);
  return mean;
}

}  // namespace

Evaluator::Evaluator(const SearchSpace& space, Minibatch minibatch, EvaluatorOptions options,
                     at::Device device)
    : space_(space),
      minibatch_(std::move(minibatch)),
      options_(std::move(options)),
      device_(device),
      repeats_(options_.repeats) {
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
    if (looks_at_images(proxy)) requirements_ |= {Need::logits};
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

void Evaluator::use_repeats(int repeats) {
  if (repeats < 1 || repeats > options_.repeats)
    throw std::logic_error("an evaluator has as many repeats as its options say");
  repeats_ = repeats;
}

std::unique_ptr<Evaluator::Draws> Evaluator::draw(int repeat, const Genotype& genotype) const {
  const WeightsMode mode = options_.weights_mode;
  const std::string architecture = mode == WeightsMode::shared ? "" : space_.format(genotype);
  return std::make_unique<Draws>(weights_seed(options_.seed, repeat, mode, architecture),
                                 noise_seed(options_.seed, repeat, mode, architecture),
                                 options_.initialisation, device_);
}

Evaluation Evaluator::evaluate(const Genotype& genotype) const {
  return evaluate(genotype,
                  [&](Activations activations) { return measure_repeats(genotype, activations); });
}

Evaluation Evaluator::evaluate(const Genotype& genotype, const WeightSource& weights) const {
  const std::uint64_t seed =
      noise_seed(options_.seed, 0, options_.weights_mode, space_.format(genotype));
  return evaluate(genotype, weights, Noise(seed, device_));
}

Evaluation Evaluator::evaluate(const Genotype& genotype, const WeightSource& weights,
                               const Noise& noise) const {
  return evaluate(genotype, [&](Activations activations) {
    return measure(genotype, space_.plan(genotype), weights, noise, activations);
  });
}

/// One architecture that cannot be evaluated does not end a run of thousands; a device that no
/// longer works does.
Evaluation Evaluator::evaluate(const Genotype& genotype, const Attempt& attempt) const try {
  return with_enough_memory(genotype, attempt);
} catch (const Error&) {
  throw;
} catch (const std::exception& error) {
  const std::string what = "cannot evaluate " + space_.format(genotype) + ": " + first_line(error);
  if (!computes(device_)) throw RunError(what);
  spdlog::warn("{}", what);
  return failure(genotype, first_line(error));
}

template <typename Work>
auto Evaluator::within_memory(const Work& attempt, OutOfMemory& refused) const
    -> std::optional<decltype(attempt())> {
  MemoryMeter meter(options_.memory_bound);
  const auto note_peak = [&] {
    std::int64_t known = peak_memory_;
    while (known < meter.peak() && !peak_memory_.compare_exchange_weak(known, meter.peak())) {
    }
  };
  try {
    auto result = attempt();
    note_peak();
    return result;
  } catch (const std::exception& error) {
    note_peak();
    const std::optional<OutOfMemory> found = as_out_of_memory(error);
    if (!found) throw;
    refused = *found;
    refused.by_bound = meter.reached_bound();
    return std::nullopt;
  }
}

Evaluation Evaluator::with_enough_memory(const Genotype& genotype, const Attempt& attempt) const {
  OutOfMemory refused;
  const auto evaluated = [&](Activations activations) {
    return within_memory([&] { return attempt(activations); }, refused);
  };
  const auto evaluated_in_less = [&] {
    release_cached_memory(device_);
    std::optional<Evaluation> evaluation = evaluated(Activations::recomputed);
    if (evaluation) {
      std::call_once(said_recomputed_, [&] {
        spdlog::info(
            "{} and perhaps others need more memory than there is: their activations are "
            "computed twice, which takes longer and changes no score",
            space_.format(genotype));
      });
    }
    return evaluation;
  };
  {
    const MemoryGate::Place beside_others = gate_.enter();
    if (auto evaluation = evaluated(Activations::kept)) return *evaluation;
    if (refused.by_bound) {
      if (auto evaluation = evaluated_in_less()) return *evaluation;
      if (refused.by_bound) return out_of_memory(genotype, refused);
    }
  }
  const MemoryGate::Place alone = gate_.enter_alone();
  release_cached_memory(device_);
  if (auto evaluation = evaluated(Activations::kept)) {
    if (const std::optional<int> places = gate_.narrow()) {
      spdlog::warn("out of memory; from here on at most {} at a time", *places);
    }
    return *evaluation;
  }
  if (auto evaluation = evaluated_in_less()) return *evaluation;
  return out_of_memory(genotype, refused);
}

Evaluation Evaluator::out_of_memory(const Genotype& genotype, const OutOfMemory& refused) const {
  spdlog::warn("cannot evaluate {}: out of memory{}{}", space_.format(genotype),
               refused.wanted_bytes
                   ? fmt::format(", a request for {} bytes was refused", *refused.wanted_bytes)
                   : "",
               refused.by_bound
                   ? fmt::format(" within the bound of {} MiB", *options_.memory_bound >> 20)
                   : "");
  Evaluation evaluation = failure(genotype, "out_of_memory");
  evaluation.wanted_bytes = refused.wanted_bytes;
  return evaluation;
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

Evaluation Evaluator::measure_repeats(const Genotype& genotype, Activations activations) const {
  const NetworkPlan plan = space_.plan(genotype);
  std::vector<Evaluation> repeats;
  for (int repeat = 0; repeat < repeats_; ++repeat) {
    if (options_.weights_mode == WeightsMode::shared) {
      const Draws& shared = *draws_[static_cast<std::size_t>(repeat)];
      repeats.push_back(measure(genotype, plan, shared.weights, shared.noise, activations));
    } else {
      const auto own = draw(repeat, genotype);
      repeats.push_back(measure(genotype, plan, own->weights, own->noise, activations));
    }
  }
  return average(repeats);
}

bool Evaluator::batches() const {
  return options_.weights_mode == WeightsMode::shared && requirements_.any() &&
         fits_batch(requirements_) &&
         std::all_of(proxies_.begin(), proxies_.end(),
                     [](const NamedProxy& entry) { return entry.proxy->own_passes().empty(); });
}

std::vector<Evaluation> Evaluator::evaluate_batch(std::span<const Genotype> genotypes) const {
  const std::size_t half = genotypes.size() / 2;
  if (half == 0) {
    std::vector<Evaluation> evaluations;
    for (const Genotype& genotype : genotypes) evaluations.push_back(evaluate(genotype));
    return evaluations;
  }
  if (batches() && genotypes.size() <= most_at_once_) {
    if (auto evaluations = attempt_batch(genotypes)) return *std::move(evaluations);
    release_cached_memory(device_);
  }
  std::vector<Evaluation> evaluations = evaluate_batch(genotypes.first(half));
  for (Evaluation& more : evaluate_batch(genotypes.subspan(half)))
    evaluations.push_back(std::move(more));
  return evaluations;
}

/// Nothing if it does not fit (then no batch of this size is tried again), or after an error that
/// may concern one network only.
std::optional<std::vector<Evaluation>> Evaluator::attempt_batch(
    std::span<const Genotype> genotypes) const try {
  OutOfMemory refused;
  const MemoryGate::Place beside_others = gate_.enter();
  auto evaluations = within_memory([&] { return measure_batch(genotypes); }, refused);
  if (!evaluations) {
    const std::size_t most = genotypes.size() / 2;
    most_at_once_ = std::min(most_at_once_.load(), most);
    spdlog::info("out of memory with {} networks at once; from here on at most {}",
                 genotypes.size(), most);
  }
  return evaluations;
} catch (const Error&) {
  throw;
} catch (const std::exception& error) {
  std::call_once(said_batch_failed_, [&] {
    spdlog::warn("cannot evaluate {} networks at once, tries them in smaller batches: {}",
                 genotypes.size(), first_line(error));
  });
  return std::nullopt;
}

std::vector<Evaluation> Evaluator::measure_batch(std::span<const Genotype> genotypes) const {
  std::vector<std::vector<Evaluation>> repeats(genotypes.size());
  for (int repeat = 0; repeat < repeats_; ++repeat) {
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
  for (const auto& of_one : repeats) evaluations.push_back(average(of_one));
  return evaluations;
}

std::vector<ResponsePart> Evaluator::response_parts(const Genotype& genotype) const try {
  const auto own = draw(0, genotype);
  const Network network(space_.plan(genotype), own->weights);
  return wrcor::response_parts(network, minibatch_.images, minibatch_.labels, options_.counting);
} catch (const Error&) {
  throw;
} catch (const std::exception& error) {
  throw RunError("cannot take " + space_.format(genotype) + " apart: " + first_line(error));
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

/// An error affects no other score, unless it concerns the whole evaluation.
Score Evaluator::score_alone(const Genotype& genotype, const NamedProxy& entry,
                             const Observation& seen) const try {
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
    } else if (!output.empty() && looks_at_images(*proxies_[i].proxy)) {
      degrade(score, output);
    }
  }
  summarise_status(evaluation);
  return evaluation;
}

}  // namespace wrcor
