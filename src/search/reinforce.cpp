// REINFORCE: one vector of logits for each decision, from whose softmax it is drawn; Adam on the
// policy gradient. Uniform samples come first: they say what a score is worth. Source: Jing et al.,
// arXiv 2507.08841, and its code (the intended draw, one at a time); Williams, Machine Learning 8
// (1992).

#include <algorithm>
#include <cmath>
#include <numeric>

#include "internal/factories.h"
#include "wrcor/core/error.h"

namespace wrcor {
namespace {

const StrategyOption warm_up_option{
    .name = "warm_up",
    .flag = "--warm-up",
    .negative_flag = "",
    .fallback = std::int64_t{100},
    .summary = "random proposals, of the budget, whose scores are the scale of the rewards",
    .least = 2,
    .most = 1'000'000};
const StrategyOption learning_rate_option{.name = "learning_rate",
                                          .flag = "--learning-rate",
                                          .negative_flag = "",
                                          .fallback = 0.001,
                                          .summary = "learning rate of Adam",
                                          .most = 100};
const StrategyOption baseline_option{
    .name = "baseline_decay",
    .flag = "--baseline-decay",
    .negative_flag = "",
    .fallback = 0.9,
    .summary = "decay of the moving average that rewards are compared with",
    .most = 1,
    .may_be_zero = true};

using Reals = std::vector<double>;

Reals softmax(const Reals& logits) {
  const double highest = *std::max_element(logits.begin(), logits.end());
  Reals result;
  for (const double logit : logits) result.push_back(std::exp(logit - highest));
  const double sum = std::accumulate(result.begin(), result.end(), 0.0);
  for (double& probability : result) probability /= sum;
  return result;
}

/// Adam (Kingma and Ba, arXiv 1412.6980) with its default betas and epsilon.
class Adam {
 public:
  explicit Adam(double rate) : rate_(rate) {}

  /// Moves the parameters against their gradients.
  void step(std::vector<Reals>& parameters, const std::vector<Reals>& gradients) {
    ++steps_;
    first_.resize(parameters.size());
    second_.resize(parameters.size());
    for (std::size_t k = 0; k < parameters.size(); ++k)
      step(parameters[k], gradients[k], first_[k], second_[k]);
  }

 private:
  static constexpr double beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8;

  void step(Reals& parameters, const Reals& gradients, Reals& first, Reals& second) const {
    first.resize(parameters.size());
    second.resize(parameters.size());
    for (std::size_t i = 0; i < parameters.size(); ++i) {
      first[i] = beta1 * first[i] + (1 - beta1) * gradients[i];
      second[i] = beta2 * second[i] + (1 - beta2) * gradients[i] * gradients[i];
      const double mean = first[i] / (1 - std::pow(beta1, steps_));
      const double square = second[i] / (1 - std::pow(beta2, steps_));
      parameters[i] -= rate_ * mean / (std::sqrt(square) + epsilon);
    }
  }

  double rate_;
  double steps_ = 0;
  std::vector<Reals> first_, second_;
};

/// Mean and population deviation of the scores of one member of the rule.
struct Scale {
  double count = 0, mean = 0, squares = 0;

  void add(double score) {  // Welford
    ++count;
    const double away = score - mean;
    mean += away / count;
    squares += away * (score - mean);
  }
  /// A member whose scores are all equal gives no information.
  double of(double score) const {
    const double deviation = count > 0 ? std::sqrt(squares / count) : 0;
    return deviation > 0 ? (score - mean) / deviation : 0;
  }
};

class Reinforce final : public SearchStrategy {
 public:
  Reinforce(const SearchSpace& space, const StrategyOptions& options, Rng rng)
      : space_(space),
        warm_up_(options.whole(warm_up_option)),
        decay_(options.real(baseline_option)),
        adam_(options.real(learning_rate_option)),
        rng_(rng) {
    constexpr double spread = 1e-3;
    for (const Decision& decision : space.decisions()) {
      Reals& logits = logits_.emplace_back();
      for (std::size_t i = 0; i < decision.values.size(); ++i)
        logits.push_back(spread * rng_.normal());
    }
  }

  std::optional<Genotype> ask() override {
    return asked_++ < warm_up_ ? space_.sample(rng_) : draw();
  }

  void tell(const Outcome& outcome) override {
    const Reals scores = scores_of(outcome);
    scales_.resize(std::max(scales_.size(), scores.size()));
    if (told_++ < warm_up_) {
      for (std::size_t m = 0; m < scores.size(); ++m) {
        if (std::isfinite(scores[m])) scales_[m].add(scores[m]);
      }
      return;
    }
    double reward = 0;
    for (std::size_t m = 0; m < scores.size(); ++m)
      reward += std::isfinite(scores[m]) ? scales_[m].of(scores[m]) : scores[m];
    if (std::isfinite(reward)) learn(outcome.genotype, reward);
  }

 private:
  /// Not finite where undefined. A strategy that is told no scores uses the fitness.
  static Reals scores_of(const Outcome& outcome) {
    const auto number = [](const std::optional<double>& score) { return score.value_or(NAN); };
    if (outcome.scores.empty()) return {number(outcome.fitness)};
    Reals scores;
    for (const auto& score : outcome.scores) scores.push_back(number(score));
    return scores;
  }

  Genotype draw() {
    std::vector<Reals> probabilities;
    for (const Reals& logits : logits_) probabilities.push_back(softmax(logits));
    constexpr int most_draws = 100'000;
    for (int i = 0; i < most_draws; ++i) {
      Genotype genotype;
      for (const Reals& of : probabilities) genotype.push_back(choice(of));
      if (space_.valid(genotype)) return genotype;
    }
    throw NoFeasibleError(
        "the distribution that 'reinforce' has learned gave no feasible "
        "architecture among " +
        std::to_string(most_draws) + " draws in a row; relax the limits");
  }

  int choice(const Reals& probabilities) {
    double left = rng_.uniform();
    std::size_t value = 0;
    for (; value + 1 < probabilities.size(); ++value) {
      left -= probabilities[value];
      if (left < 0) break;
    }
    return static_cast<int>(value);
  }

  /// The baseline includes the reward before it is compared with it, as published.
  void learn(const Genotype& genotype, double reward) {
    rewards_ = decay_ * rewards_ + (1 - decay_) * reward;
    weights_ = decay_ * weights_ + (1 - decay_);
    const double advantage = weights_ > 0 ? reward - rewards_ / weights_ : reward;
    std::vector<Reals> gradients;
    for (std::size_t k = 0; k < logits_.size(); ++k) {
      // Of -log(probability) * advantage.
      Reals& gradient = gradients.emplace_back(softmax(logits_[k]));
      gradient[static_cast<std::size_t>(genotype[k])] -= 1;
      for (double& entry : gradient) entry *= advantage;
    }
    adam_.step(logits_, gradients);
  }

  const SearchSpace& space_;
  std::int64_t warm_up_;
  double decay_;
  Adam adam_;
  Rng rng_;
  std::vector<Reals> logits_;  ///< by decision and value
  std::vector<Scale> scales_;  ///< by member of the rule
  double rewards_ = 0;         ///< the baseline is their quotient
  double weights_ = 0;
  std::int64_t asked_ = 0;
  std::int64_t told_ = 0;
};

}  // namespace

StrategyKind reinforce_strategy() {
  return {{warm_up_option, learning_rate_option, baseline_option},
          [](const SearchSpace& space, const StrategyOptions& options, Rng rng) {
            return std::make_unique<Reinforce>(space, options, rng);
          }};
}

}  // namespace wrcor
