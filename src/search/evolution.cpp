// Regularised evolution: a population in order of age; the best of a random tournament is mutated,
// the child joins, the oldest dies. Source: Real et al., arXiv 1802.01548.

#include <deque>

#include "internal/factories.h"

namespace wrcor {
namespace {

const StrategyOption tournament_option{
    .name = "tournament",
    .flag = "--tournament",
    .negative_flag = "",
    .fallback = std::int64_t{10},
    .summary = "architectures that compete to be a parent; at most the population",
    .least = 1,
    .most = 1'000'000};

class Evolution final : public SearchStrategy {
 public:
  Evolution(const SearchSpace& space, const StrategyOptions& options, Rng rng)
      : space_(space),
        population_size_(static_cast<std::size_t>(options.whole(population_option()))),
        tournament_(options.whole(tournament_option)),
        prefers_(options.prefers),
        rng_(rng) {}

  std::optional<Genotype> ask() override {
    // With many proposals in flight all founders may be proposed before the first outcome is known.
    const bool founding = asked_ < population_size_ || population_.empty();
    ++asked_;
    return founding ? space_.sample(rng_) : space_.mutate(tournament_winner().genotype, rng_);
  }

  void tell(const Outcome& outcome) override {
    population_.push_back(outcome);
    if (population_.size() > population_size_) population_.pop_front();
  }

 private:
  /// Drawn with replacement; the first of equals wins.
  const Outcome& tournament_winner() {
    const auto draw = [&]() -> const Outcome& {
      return population_[rng_.below(population_.size())];
    };
    const Outcome* best = &draw();
    for (std::int64_t i = 1; i < tournament_; ++i) {
      const Outcome& rival = draw();
      if (prefers_(rival, *best)) best = &rival;
    }
    return *best;
  }

  const SearchSpace& space_;
  std::size_t population_size_;
  std::int64_t tournament_;
  Preference prefers_;
  Rng rng_;
  std::size_t asked_ = 0;
  std::deque<Outcome> population_;  ///< oldest first
};

}  // namespace

StrategyKind evolution_strategy() {
  return {{population_option(), tournament_option},
          [](const SearchSpace& space, const StrategyOptions& options, Rng rng) {
            return std::make_unique<Evolution>(space, options, rng);
          }};
}

}  // namespace wrcor
