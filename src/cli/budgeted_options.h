#pragma once

#include <CLI/App.hpp>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "benchmark_options.h"
#include "report/budgeted_search_report.h"
#include "score/comparison.h"
#include "wrcor/config/run_spec.h"

namespace wrcor::cli {

/// Simulated searches under a budget of seconds, as given by options of `wrcor evaluate`.
struct BudgetedOptions {
  std::vector<std::string> fidelities;  ///< without any, nothing is simulated
  std::string training_times;
  std::vector<std::string> training_columns;
  std::string curves;
  std::vector<std::string> curve_rows;
  std::vector<std::string> guides;
  int seconds = 12'000;
  int pool = 1000;
  int filter_percent = 10;
  int warm_start = 10;

  bool given() const { return !fidelities.empty(); }
  /// The columns of the benchmark with the validation figures.
  std::set<std::string> benchmark_columns() const;
};

/// Adds --fidelity and what belongs to it.
void add_budgeted(CLI::App& command, BudgetedOptions& target);

/// @throws UsageError for options that contradict each other
void check(const BudgetedOptions& options);

/// The input of the searches of a comparison, besides the options.
struct BudgetedInput {
  const BudgetedOptions& options;
  const BenchmarkOptions& form;  ///< of all tables
  const BenchmarkTable& benchmark;
  const std::vector<Scorer>& scorers;     ///< any of them may guide searches
  const std::vector<std::string>& archs;  ///< of the scorers
  int runs = 1;
};

/// Runs all searches without a guide, then with each of those given.
/// @throws UsageError, DataError
BudgetedSearchReport run_budgeted(const RunSpec& spec, const BudgetedInput& input);

}  // namespace wrcor::cli
