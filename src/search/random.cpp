// Random search. Without replacement, a Fisher-Yates shuffle that stores only the moved positions
// draws from the space.

#include <unordered_map>

#include "internal/factories.h"
#include "wrcor/core/error.h"

namespace wrcor {
namespace {

class WithReplacement final : public SearchStrategy {
 public:
  WithReplacement(const SearchSpace& space, Rng rng) : space_(space), rng_(rng) {}
  std::optional<Genotype> ask() override { return space_.sample(rng_); }
  void tell(const Outcome&) override {}
  bool learns() const override { return false; }

 private:
  const SearchSpace& space_;
  Rng rng_;
};

class ShuffledSpace final : public SearchStrategy {
 public:
  ShuffledSpace(const SearchSpace& space, Rng rng)
      : space_(space), rng_(rng), left_(*space.size()) {}

  std::optional<Genotype> ask() override {
    while (left_ > 0) {
      const std::uint64_t drawn = rng_.below(left_);
      --left_;
      const std::uint64_t index = value_at(drawn);
      moved_[drawn] = value_at(left_);
      moved_.erase(left_);
      Genotype genotype = space_.at(index);
      if (space_.valid(genotype)) return genotype;
    }
    return std::nullopt;
  }
  void tell(const Outcome&) override {}
  bool learns() const override { return false; }

 private:
  std::uint64_t value_at(std::uint64_t position) const {
    const auto found = moved_.find(position);
    return found == moved_.end() ? position : found->second;
  }

  const SearchSpace& space_;
  Rng rng_;
  std::uint64_t left_;
  std::unordered_map<std::uint64_t, std::uint64_t> moved_;
};

const StrategyOption replacement_option{.name = "replacement",
                                        .flag = "--replacement",
                                        .negative_flag = "--no-replacement",
                                        .fallback = false,
                                        .summary = "an architecture may be proposed again"};

std::unique_ptr<SearchStrategy> make_random(const SearchSpace& space,
                                            const StrategyOptions& options, Rng rng) {
  if (options.flag(replacement_option)) return std::make_unique<WithReplacement>(space, rng);
  if (!space.size()) {
    throw UsageError(
        "strategy 'random' without replacement needs a space that can be enumerated; '" +
        space.name() + "' cannot; use --replacement");
  }
  return std::make_unique<ShuffledSpace>(space, rng);
}

}  // namespace

StrategyKind random_strategy() { return {{replacement_option}, make_random}; }

}  // namespace wrcor
