// NSGA-II: parents by tournaments of two on front and crowding, uniform crossover, one mutation; of
// parents and children the best fronts survive. Objectives are the ranking rule and the costs that
// are minimised; an architecture without a fitness violates a constraint. Children are bred while
// outcomes of others are awaited. Source: Deb, Pratap, Agarwal and Meyarivan, IEEE Transactions on
// Evolutionary Computation 6 (2002).

#include <algorithm>
#include <numeric>
#include <set>

#include "internal/factories.h"
#include "score/pareto.h"

namespace wrcor {
namespace {

class Nsga2 final : public SearchStrategy {
 public:
  Nsga2(const SearchSpace& space, const StrategyOptions& options, Rng rng)
      : space_(space),
        size_(static_cast<std::size_t>(options.whole(population_option()))),
        dedupe_(options.dedupe),
        fitness_(options.fitness),
        rng_(rng) {}

  std::optional<Genotype> ask() override {
    // With many proposals in flight all founders may be proposed before the first outcome is known.
    const bool founding = asked_ < size_ || (parents_.empty() && children_.empty());
    ++asked_;
    if (parents_.empty() && !founding) select();
    // Known classes give no new information. If all children are known, random ones bring variety;
    // a small space may have no new ones.
    constexpr int most_children = 20, most_tries = 40;
    Genotype proposal;
    for (int i = 0; i < most_tries; ++i) {
      proposal = founding || i >= most_children ? space_.sample(rng_) : child();
      if (proposed_.insert(space_.representative(proposal, dedupe_)).second) break;
    }
    return proposal;
  }

  void tell(const Outcome& outcome) override {
    children_.push_back(outcome);
    if (children_.size() == size_) select();
  }

 private:
  Genotype class_of(const Outcome& outcome) const {
    return space_.representative(outcome.genotype, dedupe_);
  }

  /// Merges the children into the parents, of which the best remain.
  void select() {
    for (Outcome& outcome : children_) {
      if (held_.insert(class_of(outcome)).second) parents_.push_back(std::move(outcome));
    }
    children_.clear();
    rate();
    std::vector<std::size_t> order(parents_.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [this](std::size_t a, std::size_t b) { return is_better(a, b); });
    order.resize(std::min(order.size(), size_));
    std::vector<Outcome> survivors;
    for (const std::size_t i : order) survivors.push_back(std::move(parents_[i]));
    parents_ = std::move(survivors);
    held_.clear();
    for (const Outcome& outcome : parents_) held_.insert(class_of(outcome));
    rate();
  }

  /// In a vote the fitness changes with every outcome.
  void rate() {
    std::vector<ObjectivePoint> points;
    for (const Outcome& outcome : parents_) {
      const std::optional<double> fitness = fitness_(outcome);
      ObjectivePoint& point = points.emplace_back();
      point.values = outcome.costs;
      point.values.push_back(-fitness.value_or(0));
      point.violation = fitness ? 0 : 1;
    }
    fronts_ = non_dominated_fronts(points);
    crowding_ = crowding_distances(points, fronts_);
  }

  bool is_better(std::size_t a, std::size_t b) const {
    return fronts_[a] != fronts_[b] ? fronts_[a] < fronts_[b] : crowding_[a] > crowding_[b];
  }

  const Genotype& tournament_winner() {
    const std::size_t one = rng_.below(parents_.size()), other = rng_.below(parents_.size());
    return parents_[is_better(other, one) ? other : one].genotype;
  }

  Genotype child() {
    const Genotype& mother = tournament_winner();
    const Genotype& father = tournament_winner();
    constexpr double crossover_rate = 0.9;
    constexpr int most_crossings = 20;
    if (rng_.uniform() < crossover_rate) {
      for (int i = 0; i < most_crossings; ++i) {
        Genotype crossed = mother;
        for (std::size_t k = 0; k < crossed.size(); ++k) {
          if (rng_.coin()) crossed[k] = father[k];
        }
        if (crossed == mother || space_.valid(crossed)) return space_.mutate(crossed, rng_);
      }
    }
    return space_.mutate(mother, rng_);
  }

  const SearchSpace& space_;
  std::size_t size_;
  Dedupe dedupe_;
  CurrentFitness fitness_;
  Rng rng_;
  std::size_t asked_ = 0;
  std::vector<Outcome> parents_;  ///< the best first
  std::vector<Outcome> children_;
  std::set<Genotype> held_;  ///< classes of the parents
  std::vector<std::size_t> fronts_;
  std::vector<double> crowding_;
  std::set<Genotype> proposed_;  ///< classes
};

}  // namespace

StrategyKind nsga2_strategy() {
  return {{population_option()},
          [](const SearchSpace& space, const StrategyOptions& options, Rng rng) {
            return std::make_unique<Nsga2>(space, options, rng);
          }};
}

}  // namespace wrcor
