#pragma once

#include <string>
#include <vector>

#include "evaluate_options.h"
#include "score/comparison.h"
#include "score/score_table.h"
#include "wrcor/space/search_space.h"

// The scores and metrics that `wrcor evaluate` compares.
namespace wrcor::cli {

/// The scores of all files. Scores that may not be comparable are reported as a warning.
/// @throws DataError
ScoreTable read_score_files(const SearchSpace& space, const std::vector<std::string>& files);

/// Everything that orders the architectures: every score of the files, votes, and columns of the
/// benchmark. @throws UsageError, DataError
std::vector<Scorer> make_scorers(const ScoreTable& scores, const BenchmarkTable& benchmark,
                                 const EvaluateOptions& options,
                                 const std::vector<std::string>& archs);

/// The columns of --metric. @throws DataError for one without any value
std::vector<Metric> make_metrics(const BenchmarkTable& benchmark, const EvaluateOptions& options,
                                 const std::vector<std::string>& archs);

}  // namespace wrcor::cli
