#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "core/json_schema_parts.h"
#include "report/cells.h"
#include "score/benchmark_table.h"
#include "search/budgeted_search.h"

namespace wrcor {

/// The results of simulated searches under a budget of seconds, and what they were made with.
struct BudgetedSearchReport {
  struct KnownFidelity {
    Fidelity fidelity;
    KnownSeconds seconds;
  };

  std::vector<std::string> metrics;
  BudgetedConditions conditions;
  bool continues = false;  ///< see TrainingTable
  std::vector<KnownFidelity> fidelities;
  std::map<std::string, double> scoring_seconds;  ///< of an architecture, by score
  std::vector<double> moments;                    ///< of BudgetedSearch::anytime
  std::vector<BudgetedSearch> searches;
  std::vector<BenchmarkOptimum> optima;  ///< of each metric
  std::vector<std::string> published;    ///< data set of each metric; empty: no published figures
};

/// A row per search, published ones included.
Cells budgeted_cells(const BudgetedSearchReport& report);
/// The first metric of the answers at some moments, a row per search.
Cells anytime_cells(const BudgetedSearchReport& report);
/// The conditions, in lines of text.
std::string budgeted_notes(const BudgetedSearchReport& report);

/// In the JSON document of an evaluation: the key, its value, and the schema of that.
inline constexpr const char* budgeted_key = "budgeted_search";
nlohmann::ordered_json budgeted_json(const BudgetedSearchReport& report);
json_schema_parts::Schema budgeted_schema();

}  // namespace wrcor
