#pragma once

#include <string>
#include <vector>

#include "evaluate_options.h"
#include "report/evaluation_report.h"
#include "score/comparison.h"
#include "wrcor/config/run_spec.h"

namespace wrcor::cli {

/// Runs every strategy on the scores of each scorer, as --simulate-search asks for.
/// @throws UsageError, DataError
SimulationReport simulate(const RunSpec& spec, const EvaluateOptions& options,
                          const BenchmarkTable& benchmark, const std::vector<Scorer>& scorers,
                          const std::vector<std::string>& archs);

}  // namespace wrcor::cli
