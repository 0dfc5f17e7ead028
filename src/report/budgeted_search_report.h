#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "core/json_schema_parts.h"
#include "report/text_table.h"
#include "score/benchmark_table.h"
#include "search/budgeted_search.h"

namespace wrcor {

/// The results of simulated searches under a budget of seconds, and their conditions.
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

/// Human-readable: "successive halving", "12" or "12 to 200", "filter by wrcor" or "".
std::string search_name(const BudgetedSearch& search);
std::string epochs_text(const BudgetedSearchReport& report, const BudgetedSearch& search);
std::string guide_text(const BudgetedSearch& search);

/// A row per search, published ones included.
TextTable budgeted_table(const BudgetedSearchReport& report);
/// The first metric of the answers at some moments, a row per search.
TextTable anytime_table(const BudgetedSearchReport& report);
/// The conditions, in sentences.
std::vector<std::string> budgeted_notes(const BudgetedSearchReport& report);

/// In the JSON document of an evaluation: the key, its value, and the schema of that.
inline constexpr const char* budgeted_key = "budgeted_search";
nlohmann::ordered_json budgeted_json(const BudgetedSearchReport& report);
/// Inverse of budgeted_json(), except for the threads.
/// @throws nlohmann::json::exception or std::invalid_argument for anything else
BudgetedSearchReport budgeted_from_json(const nlohmann::ordered_json& json);
json_schema_parts::Schema budgeted_schema();

/// Reads the searches of a JSON document of `wrcor evaluate --fidelity`.
/// @throws DataError for a file that cannot be read, or that is not such a document
BudgetedSearchReport read_budgeted_searches(const std::filesystem::path& path);

}  // namespace wrcor
