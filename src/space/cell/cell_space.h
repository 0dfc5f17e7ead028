#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cell_definition.h"
#include "wrcor/space/search_space.h"

namespace wrcor {

/// A space of cells, stacked into networks as NAS-Bench-201 stacks them. A genotype holds the
/// operation of each edge, as a position in the definition's list. The index is the genotype as a
/// number whose base is the number of operations, the first edge being the most significant digit;
/// where 63 bits do not hold it, cells have no numbers.
class CellSpace final : public SearchSpace {
 public:
  /// @throws UsageError for sizes below 1, for images whose height and width are not divisible by 2
  ///         as often as the network halves them, and for networks whose costs exceed 62 bits
  CellSpace(CellDefinition definition, const NetworkInput& input);

  std::string name() const override { return definition_.name; }
  NetworkInput input() const override { return input_; }
  const std::vector<Decision>& decisions() const override { return decisions_; }
  std::optional<std::uint64_t> size() const override { return size_; }
  Genotype at(std::uint64_t index) const override;
  std::uint64_t index(const Genotype& genotype) const override;
  Genotype parse(std::string_view text) const override;
  std::string format(const Genotype& genotype) const override;
  /// See canonical_cell.h.
  Genotype representative(const Genotype& genotype, Dedupe dedupe) const override;
  bool connected(const Genotype& genotype) const override;
  Portrait portrait(const Genotype& genotype) const override;
  Costs costs(const Genotype& genotype) const override;
  NetworkPlan plan(const Genotype& genotype) const override;

  const CellDefinition& definition() const { return definition_; }
  /// @throws UsageError unless the genotype has one operation an edge
  void require(const Genotype& genotype) const { require_choices(genotype); }
  /// The cell without edges that cannot matter. @throws UsageError as require() does
  Genotype effective(const Genotype& genotype) const;

 private:
  CellDefinition definition_;
  NetworkInput input_;
  std::vector<Decision> decisions_;
  std::optional<std::uint64_t> size_;
};

}  // namespace wrcor
