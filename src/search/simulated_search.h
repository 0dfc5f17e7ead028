#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "score/standings.h"
#include "score/statistics.h"
#include "wrcor/search/search_spec.h"
#include "wrcor/space/search_space.h"

namespace wrcor {

class TableFront;

/// The entry of an architecture in a table.
struct TableEntry {
  MemberScores scores;                         ///< seen by a search: one per member of the rule
  std::vector<std::optional<double>> metrics;  ///< reported for the architecture that it finds
};

/// Table that replaces evaluations.
struct SearchTable {
  using Row = std::map<std::string, TableEntry>::value_type;

  RankingRule rule;
  std::map<std::string, TableEntry> rows;  ///< by architecture, as SearchSpace::format() writes it
};

/// The results of the runs of one strategy.
struct SimulatedSearch {
  std::string strategy;
  int runs = 0;
  std::int64_t proposals = 0;  ///< of each run, the maximum
  double evaluations = 0;      ///< mean number of different architectures among them
  /// Of the best architecture of each run, the mean of equally good ones; the deviation is a
  /// sample's. Runs that met no score are ignored; nothing if no others remain.
  std::vector<std::optional<Spread>> metrics;
  /// With costs that are minimised: the hypervolume that a run finds, as a fraction of that of the
  /// whole table, see TableFront.
  std::optional<Spread> front_share = {};
};

/// Searches that look evaluations up instead of running networks.
class SimulatedSearches {
 public:
  /// @param space  outlives the object
  /// @param spec   of all searches, except for strategy, limits and seed
  /// @param seed   Run k is the search that `wrcor search` makes with the seed run.seed = seed + k.
  SimulatedSearches(const SearchSpace& space, SearchSpec spec, std::uint64_t seed)
      : space_(space), spec_(std::move(spec)), seed_(seed) {
    // The table determines which costs exist.
    spec_.limits = {.table = spec_.limits.table, .known = spec_.limits.known};
  }

  /// The registered strategies: first the random ones, then those that propose a fixed list.
  static std::vector<std::string> strategies(const SearchSpace& space);

  /// @param runs  a strategy that proposes a fixed list has one run over all of it
  /// @throws DataError when the strategy proposes an architecture that the table lacks, or finds
  ///         one without a metric
  SimulatedSearch run(const std::string& strategy, const SearchTable& table,
                      const std::vector<std::string>& metrics, int runs) const;

 private:
  using Row = SearchTable::Row;

  struct Search {
    std::vector<const Row*> met;
    std::vector<const Row*> best;  ///< equally good; empty when nothing has a score
    std::int64_t proposals = 0;
  };

  std::optional<TableFront> front_of(const SearchTable& table) const;
  Search search_once(const SearchSpec& spec, const SearchTable& table) const;
  const Row& row_of(const std::string& arch, const SearchSpec& spec,
                    const SearchTable& table) const;

  const SearchSpace& space_;
  SearchSpec spec_;
  std::uint64_t seed_;
};

}  // namespace wrcor
