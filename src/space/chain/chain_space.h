#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "chain_definition.h"
#include "chain_network.h"
#include "wrcor/space/search_space.h"

namespace wrcor {

/// A space of chains, see chain_definition.h and chain_network.h. A genotype holds the block of
/// each position, as a position in the list of its stage; the text has their names, joined by
/// commas. The index is the genotype as a number, the first position being the most significant
/// digit; where 63 bits do not hold it, architectures have no numbers. Each is its own class.
///
/// Not valid are chains outside of the definition's ranges, and those that leave out a position
/// (kind none) before another of the same stage. In a space where some are not, the index counts
/// the valid ones, in the same order, if there are at most 2^20 genotypes.
class ChainSpace final : public SearchSpace {
 public:
  /// @throws UsageError for images that are too small for a stride or a kernel, naming the
  ///         position, for networks whose costs exceed 62 bits, for ranges that no chain keeps to
  ChainSpace(ChainDefinition definition, const NetworkInput& input);

  std::string name() const override { return definition_.name; }
  NetworkInput input() const override { return input_; }
  const std::vector<Decision>& decisions() const override { return decisions_; }
  std::optional<std::uint64_t> size() const override { return size_; }
  Genotype at(std::uint64_t index) const override;
  std::uint64_t index(const Genotype& genotype) const override;
  bool valid(const Genotype& genotype) const override;
  Genotype parse(std::string_view text) const override;
  std::string format(const Genotype& genotype) const override;
  /// @throws UsageError for a genotype that is not valid(), as costs() and plan() do
  Portrait portrait(const Genotype& genotype) const override;
  Costs costs(const Genotype& genotype) const override;
  NetworkPlan plan(const Genotype& genotype) const override;

 private:
  struct Position {
    std::size_t stage = 0;
    int channels = 0;  ///< of its output, before its block widens it; 0: those of its input
    int stride = 1;    ///< times that of its block
    bool numbered = false;
  };
  /// The state of the features and factors after the blocks so far.
  struct State {
    FeatureShape shape;
    std::int64_t widened = 1, strided = 1;  ///< products of their factors
    bool operator<(const State& other) const;
  };
  using Sizes = std::tuple<int, int, int>;  ///< channels, height, width
  /// Stage, channels and stride of the position, number of the choice, sizes of the input.
  using CostKey = std::tuple<std::size_t, int, int, std::size_t, Sizes>;

  const std::vector<ChainBlock>& choices(const Position& position) const {
    return definition_.stages[position.stage].choices;
  }
  const ChainBlock& block(const Genotype& genotype, std::size_t position) const {
    return choices(positions_[position])[static_cast<std::size_t>(genotype[position])];
  }
  static CostKey key(const Position& position, std::size_t choice, const FeatureShape& in) {
    return {position.stage, position.channels, position.stride, choice,
            Sizes{in.channels, in.height, in.width}};
  }
  static ChainPlace place(const Position& position, const ChainBlock& block,
                          const FeatureShape& in);
  static State after(const Position& position, const ChainBlock& block, const State& before);
  std::string problem(const Genotype& genotype) const;
  void require_valid(const Genotype& genotype) const;

  Genotype with_number(std::uint64_t number) const;

  void list_decisions();
  State after_stem();
  std::set<State> pass_stage(std::size_t stage, std::set<State> states, std::size_t first_position);
  void require_fit(std::size_t position, const ChainBlock& block, const FeatureShape& in) const;
  double count_block(const Position& position, std::size_t choice, const FeatureShape& in);
  double count_head(const FeatureShape& in);
  void require_countable(double costs);
  void number_valid();

  ChainDefinition definition_;
  NetworkInput input_;
  std::vector<Position> positions_;
  std::vector<Decision> decisions_;
  std::optional<std::uint64_t> size_;
  std::vector<std::uint64_t> numbers_;  ///< of the valid genotypes; empty: all are
  State start_;
  Costs stem_costs_;
  std::map<CostKey, Costs> block_costs_;
  std::map<Sizes, Costs> head_costs_;  ///< of head and classifier, by sizes of the input
  double most_costs_ = 0;              ///< an upper bound of those of a network
  std::int64_t steps_ = 0;             ///< from a size of features to another
};

}  // namespace wrcor
