#pragma once

#include <cstddef>
#include <functional>
#include <utility>
#include <vector>

#include "wrcor/space/restricted_space.h"

namespace wrcor {

/// A space that gives out the architectures that a ranking prefers: first a list of genotypes, then
/// accepted genotypes of the underlying space.
///
/// sample() moves along the list, so an object is for one search in one thread.
class GuidedSpace final : public RestrictedSpace {
 public:
  using Accepts = std::function<bool(const Genotype&)>;
  /// Successive draws without an accepted genotype after which the space counts as having none.
  static constexpr int most_draws = 100'000;
  /// Successive mutations, out of most_draws, after which a parent counts as having no accepted
  /// neighbour.
  static constexpr int most_mutations = 1'000;

  /// @param base     outlives this object
  /// @param first    what sample() gives before it draws
  /// @param accepts  asked for every other genotype
  GuidedSpace(const SearchSpace& base, std::vector<Genotype> first, Accepts accepts)
      : RestrictedSpace(base), first_(std::move(first)), accepts_(std::move(accepts)) {}

  bool valid(const Genotype& genotype) const override;
  /// @throws NoFeasibleError after most_draws draws in vain
  Genotype sample(Rng& rng) const override;
  /// A parent without an accepted child gets another accepted genotype, drawn at random.
  /// @throws NoFeasibleError after most_draws draws in vain
  Genotype mutate(const Genotype& parent, Rng& rng) const override;
  std::vector<Genotype> neighbours(const Genotype& genotype) const override;

 private:
  /// @param excluded  is not returned, if there is one
  Genotype draw(Rng& rng, int draws, const Genotype* excluded = nullptr) const;

  std::vector<Genotype> first_;
  Accepts accepts_;
  mutable std::size_t given_ = 0;  ///< of the first
};

}  // namespace wrcor
