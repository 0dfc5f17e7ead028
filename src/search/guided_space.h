#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "wrcor/space/search_space.h"

namespace wrcor {

/// A space that gives out what a ranking prefers: first a list of genotypes, then those of the
/// space beneath that are accepted. Text, classes, costs and networks are those of that space.
///
/// sample() moves along the list, so that an object is for one search in one thread.
class GuidedSpace final : public SearchSpace {
 public:
  using Accepts = std::function<bool(const Genotype&)>;
  /// Draws in a row without an accepted genotype after which there count as none.
  static constexpr int most_draws = 100'000;
  /// Mutations in a row, out of most_draws, after which a parent counts as having no accepted
  /// neighbour.
  static constexpr int most_mutations = 1'000;

  /// @param base     outlives this object
  /// @param first    what sample() gives before it draws
  /// @param accepts  asked for every other genotype
  GuidedSpace(const SearchSpace& base, std::vector<Genotype> first, Accepts accepts)
      : base_(base), first_(std::move(first)), accepts_(std::move(accepts)) {}

  bool valid(const Genotype& genotype) const override;
  /// @throws NoFeasibleError after most_draws draws in vain
  Genotype sample(Rng& rng) const override;
  /// A parent without an accepted child gets an accepted random genotype instead.
  /// @throws NoFeasibleError after most_draws draws in vain
  Genotype mutate(const Genotype& parent, Rng& rng) const override;
  std::vector<Genotype> neighbours(const Genotype& genotype) const override;

  std::string name() const override { return base_.name(); }
  NetworkInput input() const override { return base_.input(); }
  const std::vector<Decision>& decisions() const override { return base_.decisions(); }
  std::optional<std::uint64_t> size() const override { return base_.size(); }
  Genotype at(std::uint64_t index) const override { return base_.at(index); }
  std::uint64_t index(const Genotype& genotype) const override { return base_.index(genotype); }
  Genotype parse(std::string_view text) const override { return base_.parse(text); }
  std::string format(const Genotype& genotype) const override { return base_.format(genotype); }
  Genotype representative(const Genotype& genotype, Dedupe dedupe) const override {
    return base_.representative(genotype, dedupe);
  }
  Portrait portrait(const Genotype& genotype) const override { return base_.portrait(genotype); }
  Costs costs(const Genotype& genotype) const override { return base_.costs(genotype); }
  NetworkPlan plan(const Genotype& genotype) const override { return base_.plan(genotype); }

 private:
  Genotype draw(Rng& rng, int draws) const;

  const SearchSpace& base_;
  std::vector<Genotype> first_;
  Accepts accepts_;
  mutable std::size_t given_ = 0;  ///< of the first
};

}  // namespace wrcor
