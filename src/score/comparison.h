#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "score/agreement.h"
#include "score/benchmark_table.h"
#include "score/score_table.h"
#include "score/standings.h"

namespace wrcor {

/// A score of the architectures of a list. Anything that orders architectures can be one: a proxy,
/// a vote of several, a column of a table.
struct Scorer {
  std::string name;
  std::string kind;  ///< "proxy", "vote" or "column", for reports
  /// Numbers of the architectures in the list that have been scored, ascending.
  std::vector<std::size_t> scored;
  /// Their scores: higher is better; nothing: undefined, which counts as worst.
  std::vector<std::optional<double>> values;
  /// The rule that computes these values from the members' scores, for ranking a subset of the
  /// architectures.
  RankingRule rule = {};
  std::vector<MemberScores> members = {};
};

/// A figure of the trained networks of a list of architectures.
struct Metric {
  std::string name;
  std::vector<std::optional<double>> values;  ///< higher is better; nothing: unknown
};

/// The scores of a proxy. Those of a registered proxy whose lower values are better are negated.
/// @param archs  the list, as SearchSpace::format() writes them
Scorer proxy_scorer(const ScoreTable& scores, const std::string& name,
                    const std::vector<std::string>& archs);
/// A vote over the architectures that have all its members' scores.
Scorer vote_scorer(const ScoreTable& scores, const std::string& name, const RankingRule& rule,
                   const std::vector<std::string>& archs);
/// A column of a benchmark table as a score. An architecture without a value has not been scored.
Scorer column_scorer(const BenchmarkTable& table, const FigureColumn& column,
                     const std::vector<std::string>& archs);
/// A column of a benchmark table, negated if lower figures are better.
Metric table_metric(const BenchmarkTable& table, const FigureColumn& column,
                    const std::vector<std::string>& archs);

struct ComparisonOptions {
  std::size_t k = 10;    ///< of Measure::top_k
  int resamples = 1000;  ///< of the bootstrap; 0: no intervals
  std::uint64_t seed = 0;
  int workers = 1;
};

/// How one scorer agrees with one metric, on the architectures that have both.
struct Comparison {
  std::string scorer;
  std::string kind;
  std::string metric;
  std::size_t architectures = 0;
  std::size_t undefined = 0;  ///< the number of them whose score is undefined
  Measures measures;
  Intervals intervals;
  std::string population = "all";  ///< see populations()
};

/// Every scorer with every metric, metric by metric.
/// @param scorers, metrics  of one list of architectures, which is in the order of their strings
/// @param sizes  their parameters; without them no pairs of similar size are known
std::vector<Comparison> compare(const std::vector<Scorer>& scorers,
                                const std::vector<Metric>& metrics,
                                const ComparisonOptions& options,
                                const std::vector<double>& sizes = {});

}  // namespace wrcor
