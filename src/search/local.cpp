// Local search: from a random start to the best of its neighbours, as long as that is better; then
// from another start. No class of architectures is proposed twice. While outcomes of one climb are
// awaited, the next begins. Source: White, Nolen and Savani, arXiv 2005.02960 (best improvement).

#include <deque>
#include <map>
#include <set>
#include <utility>

#include "internal/factories.h"

namespace wrcor {
namespace {

class LocalSearch final : public SearchStrategy {
 public:
  LocalSearch(const SearchSpace& space, const StrategyOptions& options, Rng rng)
      : space_(space), dedupe_(options.dedupe), prefers_(options.prefers), rng_(rng) {}

  std::optional<Genotype> ask() override {
    for (auto climb = climbs_.begin(); climb != climbs_.end();) {
      if (auto proposal = next_of(*climb)) return proposal;
      climb = climb->at_top ? climbs_.erase(climb) : std::next(climb);
    }
    // In a small space most starts are known.
    constexpr int most_starts = 1000;
    for (int start = 0; start < most_starts; ++start) {
      climbs_.push_back({class_of(space_.sample(rng_))});
      if (auto proposal = next_of(climbs_.back())) return proposal;
      if (climbs_.back().at_top) climbs_.pop_back();
    }
    return std::nullopt;
  }

  void tell(const Outcome& outcome) override { known_[class_of(outcome.genotype)] = outcome; }

 private:
  struct Climb {
    Genotype at;
    std::vector<Genotype> around = {};  ///< once the outcome of `at` is known
    std::size_t next = 0;               ///< of those around
    bool at_top = false;
    std::set<Genotype> left = {};  ///< on the way up: a preference need not be transitive
  };
  using Known = std::map<Genotype, std::optional<Outcome>>;

  Genotype class_of(const Genotype& genotype) const {
    return space_.representative(genotype, dedupe_);
  }

  /// Whether the class has not been proposed; then it counts as proposed.
  bool claim(const Genotype& of) { return known_.emplace(of, std::nullopt).second; }

  /// The outcome of a class that has been proposed; null while it is awaited.
  const Outcome* outcome_of(const Genotype& of) const {
    const auto& outcome = known_.at(of);
    return outcome ? &*outcome : nullptr;
  }

  /// The next proposal of a climb; nothing while it waits, and when it is at its top.
  std::optional<Genotype> next_of(Climb& climb) {
    if (claim(climb.at)) return climb.at;
    while (outcome_of(climb.at) != nullptr) {
      if (climb.around.empty()) look_around(climb);
      for (; climb.next < climb.around.size(); ++climb.next) {
        if (claim(climb.around[climb.next])) return climb.around[climb.next];
      }
      const Genotype* best = best_around(climb);
      if (best == nullptr) return std::nullopt;
      climb.at_top = *best == climb.at;
      if (climb.at_top) return std::nullopt;
      climb.left.insert(std::exchange(climb.at, Genotype(*best)));
      climb.around.clear();
      climb.next = 0;
    }
    return std::nullopt;
  }

  void look_around(Climb& climb) {
    for (const Genotype& neighbour : space_.neighbours(climb.at))
      climb.around.push_back(class_of(neighbour));
  }

  /// The class to climb to, or where the climb is if none is better; null while one is awaited.
  const Genotype* best_around(const Climb& climb) const {
    const Genotype* best = &climb.at;
    for (const Genotype& neighbour : climb.around) {
      const Outcome* outcome = outcome_of(neighbour);
      if (outcome == nullptr) return nullptr;
      if (!climb.left.contains(neighbour) && prefers_(*outcome, *outcome_of(*best)))
        best = &neighbour;
    }
    return best;
  }

  const SearchSpace& space_;
  Dedupe dedupe_;
  Preference prefers_;
  Rng rng_;
  std::deque<Climb> climbs_;  ///< the oldest first
  Known known_;               ///< by class; those without an outcome are awaited
};

}  // namespace

StrategyKind local_strategy() {
  return {{}, [](const SearchSpace& space, const StrategyOptions& options, Rng rng) {
            return std::make_unique<LocalSearch>(space, options, rng);
          }};
}

}  // namespace wrcor
