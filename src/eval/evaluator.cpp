#include "wrcor/eval/evaluator.h"

#include <algorithm>
#include <limits>
#include <new>
#include <string_view>

#include "wrcor/core/error.h"
#include "wrcor/core/random.h"
#include "wrcor/proxy/builtin.h"

namespace wrcor {
namespace {

/// The libraries beneath say so in text only.
bool says_out_of_memory(std::string_view text) {
  constexpr std::string_view phrases[] = {"out of memory",
                                          "out_of_memory",
                                          "not enough memory",
                                          "can't allocate memory",
                                          "could not create a memory object",
                                          "STATUS_ALLOC_FAILED"};
  return std::any_of(std::begin(phrases), std::end(phrases),
                     [text](std::string_view phrase) { return text.find(phrase) != text.npos; });
}

Evaluation out_of_memory(const std::vector<std::string>& proxies, Costs costs) {
  Evaluation evaluation{Status::failed, "out_of_memory", {}, costs};
  for (const std::string& name : proxies) {
    evaluation.scores.emplace_back(name, Score{Status::failed, "out_of_memory", std::nullopt,
                                               std::numeric_limits<double>::quiet_NaN()});
  }
  return evaluation;
}

/// Marks every score as undefined for a reason that concerns the whole network; raw values stay.
void degrade(Evaluation& evaluation, const std::string& reason) {
  for (auto& entry : evaluation.scores) {
    entry.second.status = Status::degenerate;
    entry.second.reason = reason;
    entry.second.value.reset();
    entry.second.note.clear();
  }
}

void summarise_status(Evaluation& evaluation) {
  for (const auto& entry : evaluation.scores) {
    if (entry.second.status == Status::ok) continue;
    evaluation.status = entry.second.status;
    evaluation.reason = entry.second.reason;
    return;
  }
}

/// Mean over repeats; a score that one repeat cannot give is undefined.
Evaluation average(const std::vector<Evaluation>& repeats) {
  Evaluation mean = repeats.front();
  mean.status = Status::ok;
  mean.reason.clear();
  for (std::size_t p = 0; p < mean.scores.size(); ++p) {
    Score& total = mean.scores[p].second;
    for (std::size_t r = 1; r < repeats.size() && total.status == Status::ok; ++r) {
      const Score& score = repeats[r].scores[p].second;
      if (score.status == Status::ok) {
        total.raw += score.raw;
      } else {
        total = score;
      }
    }
    if (total.status == Status::ok) {
      total.raw /= static_cast<double>(repeats.size());
      total.value = total.raw;
    }
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
      device_(device) {
  for (const std::string& name : options_.proxies) {
    proxies_.push_back({name, proxies().find(name).make.make({space_})});
    const Requirements needs = proxies_.back().proxy->requirements();
    requirements_.activations = requirements_.activations || needs.activations;
    requirements_.gradients = requirements_.gradients || needs.gradients;
  }
  Rng any(0);
  const int classes = space_.plan(space_.sample(any)).layers.back().out.channels;
  const auto largest = minibatch_.labels.max().item<std::int64_t>();
  if (largest >= classes) {
    throw UsageError("the minibatch has a label " + std::to_string(largest) +
                     ", but the networks have " + std::to_string(classes) +
                     " classes; choose the data set that the batch is from");
  }
  minibatch_.images = minibatch_.images.to(device_);
  minibatch_.labels = minibatch_.labels.to(device_);
  if (options_.weights_mode == WeightsMode::shared) {
    for (int repeat = 0; repeat < options_.repeats; ++repeat) {
      banks_.push_back(
          std::make_unique<WeightBank>(weight_seed(repeat, {}), options_.initialisation, device_));
    }
  }
}

Evaluator::~Evaluator() = default;

std::uint64_t Evaluator::weight_seed(int repeat, const Genotype& genotype) const {
  const bool shared = options_.weights_mode == WeightsMode::shared;
  return derive_seed(options_.seed, {"repeat", std::to_string(repeat),
                                     shared ? "shared" : space_.format(genotype)});
}

Evaluation Evaluator::evaluate(const Genotype& genotype) const {
  const NetworkPlan plan = space_.plan(genotype);
  std::vector<Evaluation> repeats;
  for (int repeat = 0; repeat < options_.repeats; ++repeat) {
    if (options_.weights_mode == WeightsMode::shared) {
      repeats.push_back(measure(genotype, plan, *banks_[static_cast<std::size_t>(repeat)]));
    } else {
      const WeightBank own(weight_seed(repeat, genotype), options_.initialisation, device_);
      repeats.push_back(measure(genotype, plan, own));
    }
    if (repeats.back().status == Status::failed) return repeats.back();
  }
  return average(repeats);
}

Evaluation Evaluator::evaluate(const Genotype& genotype, const WeightSource& weights) const {
  return measure(genotype, space_.plan(genotype), weights);
}

Evaluation Evaluator::measure(const Genotype& genotype, const NetworkPlan& plan,
                              const WeightSource& weights) const try {
  std::vector<Tap> taps = response_taps(plan, options_.counting);
  std::erase_if(taps, [&](const Tap& tap) {
    return tap.side == Side::activation ? !requirements_.activations : !requirements_.gradients;
  });
  CorrelationSums correlations;
  const PassResult pass =
      run_pass(Network(plan, weights), minibatch_.images, minibatch_.labels, taps, correlations);
  Evaluation evaluation;
  evaluation.costs = space_.costs(genotype);
  for (const NamedProxy& entry : proxies_) {
    evaluation.scores.emplace_back(entry.name, entry.proxy->score({correlations}));
  }
  if (!space_.connected(genotype)) {
    degrade(evaluation, "disconnected");
  } else if ((pass.logits == pass.logits[0]).all().item<bool>()) {
    degrade(evaluation, "constant_output");
  }
  summarise_status(evaluation);
  return evaluation;
} catch (const Error&) {
  throw;
} catch (const std::bad_alloc&) {
  return out_of_memory(options_.proxies, space_.costs(genotype));
} catch (const std::exception& error) {
  // libtorch's messages go on with a stack trace.
  const std::string text = error.what();
  if (says_out_of_memory(text)) return out_of_memory(options_.proxies, space_.costs(genotype));
  throw RunError("cannot evaluate " + space_.format(genotype) + ": " +
                 text.substr(0, text.find('\n')));
}

}  // namespace wrcor
