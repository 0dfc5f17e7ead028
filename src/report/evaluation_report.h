#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "report/budgeted_search_report.h"
#include "score/comparison.h"
#include "search/simulated_search.h"

namespace wrcor {

/// The results of simulated searches, and of training random networks for comparison.
struct SimulationReport {
  struct Row {
    std::string scorer;
    SimulatedSearch search;
  };
  /// The best of several networks of the benchmark, drawn at random and trained.
  struct Trained {
    std::size_t networks = 1;
    std::vector<Spread> metrics;
  };

  std::vector<std::string> metrics;
  std::vector<Row> rows;
  std::vector<Trained> trained;
  std::vector<BenchmarkOptimum> optima;  ///< of each metric
  std::uint64_t seed = 0;                ///< of the first run
};

/// The content of the report of `wrcor evaluate`.
struct EvaluationReport {
  std::string benchmark;         ///< the table's file
  std::size_t scored = 0;        ///< architectures that have been scored
  std::size_t in_benchmark = 0;  ///< the number of them in the table
  ComparisonOptions options;
  std::vector<Comparison> comparisons;
  std::optional<SimulationReport> simulation;
  std::optional<BudgetedSearchReport> budgeted;
  bool all_measures = false;           ///< also in text
  std::vector<std::string> published;  ///< data set of each metric; empty: no published figures
};

/// Human-readable.
std::string evaluation_table(const EvaluationReport& report);
/// The same as Markdown.
std::string evaluation_markdown(const EvaluationReport& report);
/// The comparisons as CSV, numbers exact, with the ends of all intervals.
std::string evaluation_csv(const EvaluationReport& report);
/// All of it as a JSON document, numbers exact, null if undefined.
std::string evaluation_json(const EvaluationReport& report);
nlohmann::ordered_json evaluation_schema();

}  // namespace wrcor
