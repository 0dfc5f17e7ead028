// Exhaustive search: the representative of every class, by index.

#include "internal/factories.h"
#include "wrcor/core/error.h"

namespace wrcor {
namespace {

class Exhaustive final : public SearchStrategy {
 public:
  Exhaustive(const SearchSpace& space, Dedupe dedupe) : space_(space) {
    constexpr std::uint64_t most_listed = 10'000'000;
    if (!space.size() || *space.size() > most_listed) {
      throw UsageError("strategy 'exhaustive' needs a space that can be enumerated; '" +
                       space.name() + "' cannot; choose 'random' or 'evolution'");
    }
    for (std::uint64_t index = 0; index < *space.size(); ++index) {
      const Genotype genotype = space.at(index);
      if (space.representative(genotype, dedupe) == genotype && space.valid(genotype))
        indices_.push_back(index);
    }
  }

  std::optional<Genotype> ask() override {
    if (next_ == indices_.size()) return std::nullopt;
    return space_.at(indices_[next_++]);
  }
  void tell(const Outcome&) override {}
  bool learns() const override { return false; }
  std::optional<std::uint64_t> proposals() const override { return indices_.size(); }

 private:
  const SearchSpace& space_;
  std::vector<std::uint64_t> indices_;
  std::size_t next_ = 0;
};

}  // namespace

StrategyKind exhaustive_strategy() {
  return {{}, [](const SearchSpace& space, const StrategyOptions& options, Rng) {
            return std::make_unique<Exhaustive>(space, options.dedupe);
          }};
}

}  // namespace wrcor
