#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "wrcor/space/search_space.h"

namespace wrcor {

/// A space that draws, mutates and lists only some genotypes of another space; valid(), sample(),
/// mutate() and neighbours() determine which. Numbering, text, classes, costs and networks are
/// those of the underlying space, for all of its genotypes.
class RestrictedSpace : public SearchSpace {
 public:
  bool valid(const Genotype& genotype) const override = 0;
  Genotype sample(Rng& rng) const override = 0;
  Genotype mutate(const Genotype& parent, Rng& rng) const override = 0;
  std::vector<Genotype> neighbours(const Genotype& genotype) const override = 0;

  std::string name() const final { return base().name(); }
  std::string title() const final { return base().title(); }
  NetworkInput input() const final { return base().input(); }
  const std::vector<Decision>& decisions() const final { return base().decisions(); }
  std::optional<std::uint64_t> size() const final { return base().size(); }
  Genotype at(std::uint64_t index) const final { return base().at(index); }
  std::uint64_t index(const Genotype& genotype) const final { return base().index(genotype); }
  std::optional<Genotype> at_official(std::uint64_t official) const final {
    return base().at_official(official);
  }
  Genotype parse(std::string_view text) const final { return base().parse(text); }
  std::string format(const Genotype& genotype) const final { return base().format(genotype); }
  Genotype representative(const Genotype& genotype, Dedupe dedupe) const final {
    return base().representative(genotype, dedupe);
  }
  bool connected(const Genotype& genotype) const final { return base().connected(genotype); }
  std::optional<Genotype> recorded_as(const Genotype& genotype) const final {
    return base().recorded_as(genotype);
  }
  Portrait portrait(const Genotype& genotype) const final { return base().portrait(genotype); }
  Costs costs(const Genotype& genotype) const final { return base().costs(genotype); }
  std::vector<NamedCost> further_costs(const Genotype& genotype) const final {
    return base().further_costs(genotype);
  }
  NetworkPlan plan(const Genotype& genotype) const final { return base().plan(genotype); }
  std::optional<std::string> python_source(const Genotype& genotype) const final {
    return base().python_source(genotype);
  }

 protected:
  /// @param base  must outlive this object
  explicit RestrictedSpace(const SearchSpace& base) : base_(base) {}

  /// The underlying space.
  const SearchSpace& base() const { return base_; }

 private:
  const SearchSpace& base_;
};

}  // namespace wrcor
