#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "wrcor/score/comparison.h"
#include "wrcor/search/simulated_search.h"

namespace wrcor {

/// What simulated searches found, beside what training at random finds.
struct SimulationReport {
  struct Row {
    std::string scorer;
    SimulatedSearch search;
  };
  /// The best of some networks of the benchmark that are drawn at random and trained.
  struct Trained {
    std::size_t networks = 1;
    std::vector<Spread> metrics;
  };
  struct Optimum {
    std::string arch;
    double value = 0;
  };

  std::vector<std::string> metrics;
  std::vector<Row> rows;
  std::vector<Trained> trained;
  std::vector<Optimum> optima;  ///< of each metric
  std::uint64_t seed = 0;       ///< of the first run
};

/// What `wrcor evaluate` reports.
struct EvaluationReport {
  std::string benchmark;         ///< the table's file
  std::size_t scored = 0;        ///< architectures that have been scored
  std::size_t in_benchmark = 0;  ///< those of them that the table has
  ComparisonOptions options;
  std::vector<Comparison> comparisons;
  std::optional<SimulationReport> simulation;
};

/// For people.
std::string evaluation_table(const EvaluationReport& report);
/// The same as Markdown.
std::string evaluation_markdown(const EvaluationReport& report);
/// The comparisons as CSV, numbers exact, with the ends of all intervals.
std::string evaluation_csv(const EvaluationReport& report);
/// All of it as a JSON document, numbers exact, null where something is undefined.
std::string evaluation_json(const EvaluationReport& report);
nlohmann::ordered_json evaluation_schema();

}  // namespace wrcor
