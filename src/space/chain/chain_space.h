#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "chain_definition.h"
#include "wrcor/space/search_space.h"

namespace wrcor {

/// A space of chains, see chain_definition.h and chain_network.h. A genotype holds the block of
/// each position, as a position in the list of its stage; the text has their names, joined by
/// commas. The index is the genotype as a number, the first position being the most significant
/// digit; where 63 bits do not hold it, architectures have no numbers. Each is its own class.
class ChainSpace final : public SearchSpace {
 public:
  /// @throws UsageError for images that are too small for a stride or a kernel, naming the
  ///         position, and for networks whose costs exceed 62 bits
  ChainSpace(ChainDefinition definition, const NetworkInput& input);

  std::string name() const override { return definition_.name; }
  NetworkInput input() const override { return input_; }
  const std::vector<Decision>& decisions() const override { return decisions_; }
  std::optional<std::uint64_t> size() const override { return size_; }
  Genotype at(std::uint64_t index) const override;
  std::uint64_t index(const Genotype& genotype) const override;
  Genotype parse(std::string_view text) const override;
  std::string format(const Genotype& genotype) const override;
  Portrait portrait(const Genotype& genotype) const override;
  Costs costs(const Genotype& genotype) const override;
  NetworkPlan plan(const Genotype& genotype) const override;

 private:
  struct Position {
    std::size_t stage = 0;
    FeatureShape in, out;
    int stride = 1;
    std::size_t costs = 0;  ///< of its blocks, in block_costs_
  };

  const std::vector<ChainBlock>& choices(const Position& position) const {
    return definition_.stages[position.stage].choices;
  }
  void place_positions();
  void require_fit(const Position& position) const;
  void count_blocks();
  void count_rest();

  ChainDefinition definition_;
  NetworkInput input_;
  std::vector<Position> positions_;
  std::vector<Decision> decisions_;
  std::optional<std::uint64_t> size_;
  std::vector<std::vector<Costs>> block_costs_;  ///< of the different positions, by choice
  Costs rest_;                                   ///< of everything but the positions
};

}  // namespace wrcor
