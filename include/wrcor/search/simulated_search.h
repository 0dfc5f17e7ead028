#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "wrcor/score/standings.h"
#include "wrcor/score/statistics.h"
#include "wrcor/search/search_spec.h"
#include "wrcor/space/search_space.h"

namespace wrcor {

/// What a table knows of an architecture.
struct TableEntry {
  MemberScores scores;                         ///< what a search sees: one a member of the rule
  std::vector<std::optional<double>> metrics;  ///< what is reported of the architecture it finds
};

/// What stands for evaluations.
struct SearchTable {
  RankingRule rule;
  std::map<std::string, TableEntry> rows;  ///< by architecture, as SearchSpace::format() writes it
};

/// What the runs of one strategy found.
struct SimulatedSearch {
  std::string strategy;
  int runs = 0;
  std::int64_t proposals = 0;  ///< of each run, the most
  double evaluations = 0;      ///< mean number of different architectures among them
  /// Of the best one found by each run, of equally good ones their mean; the deviation is a
  /// sample's. Runs that met no score have found nothing; without any other there is no figure.
  std::vector<std::optional<Spread>> metrics;
};

/// Searches that look evaluations up instead of running networks.
class SimulatedSearches {
 public:
  /// @param space  outlives the object
  /// @param spec   of all searches, but for strategy and seed
  /// @param seed   Run k is the search that `wrcor search` makes with the seed run.seed = seed + k.
  SimulatedSearches(const SearchSpace& space, SearchSpec spec, std::uint64_t seed)
      : space_(space), spec_(std::move(spec)), seed_(seed) {}

  /// The registered strategies: first those that chance takes part in, then those that propose a
  /// fixed list.
  static std::vector<std::string> strategies(const SearchSpace& space);

  /// @param runs  of a strategy that proposes a fixed list there is one run over all of it
  /// @throws DataError when the strategy proposes an architecture that the table lacks, or finds
  ///         one without a metric
  SimulatedSearch run(const std::string& strategy, const SearchTable& table,
                      const std::vector<std::string>& metrics, int runs);

 private:
  using Row = std::map<std::string, TableEntry>::value_type;

  struct Search {
    std::vector<const Row*> best;  ///< equally good; none when nothing has a score
    std::int64_t proposals = 0;
    std::size_t evaluations = 0;
  };

  static std::vector<const Row*> best_of(const Standings& standings,
                                         const std::vector<const Row*>& met);
  Search search_once(const SearchSpec& spec, const SearchTable& table);
  const std::string& evaluated(const Genotype& genotype);

  const SearchSpace& space_;
  SearchSpec spec_;
  std::uint64_t seed_;
  std::map<Genotype, std::string> evaluated_;  ///< what a search evaluates for a proposal
};

}  // namespace wrcor
