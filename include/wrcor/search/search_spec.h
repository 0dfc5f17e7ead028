#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "wrcor/search/builtin.h"
#include "wrcor/space/constrained_space.h"

namespace wrcor {

/// Part I of N of a list: its elements I, I + N, I + 2 N, ... (from 1).
struct Shard {
  std::size_t number = 1;
  std::size_t count = 1;

  /// Reads "I/N"; an empty text is the whole list. @throws UsageError
  static Shard parse(const std::string& text);

  bool is_part() const { return count > 1; }
  /// @param index  of an element, from 0
  bool holds(std::size_t index) const { return index % count == number - 1; }
};

/// How a search proposes architectures, and how far it goes.
struct SearchSpec {
  std::string strategy = "evolution";
  StrategyOptions options = {};
  CostLimits limits = {};
  /// Costs that are minimised alongside the ranking rule: "params", "flops", those of the space, or
  /// columns of the table of the limits.
  std::vector<std::string> minimize = {};
  std::optional<std::int64_t> budget = {};  ///< of proposals; unset: 1000, or all that there are
  std::int64_t window = 16;  ///< proposals whose outcomes a strategy that learns has not seen
  std::uint64_t seed = 0;    ///< of the strategy
  Shard shard = {};          ///< the part of the batches of classes that is evaluated

  /// @param space    outlives the strategy
  /// @param prefers, fitness  of outcomes, in place of those of the options
  std::unique_ptr<SearchStrategy> make_strategy(const SearchSpace& space,
                                                const Preference& prefers = fitter,
                                                const CurrentFitness& fitness = told_fitness) const;

  /// Most proposals of the search. @param all  how many there are, when that is known
  std::int64_t most_proposals(const std::optional<std::uint64_t>& all) const;
};

}  // namespace wrcor
