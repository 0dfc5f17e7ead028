#pragma once

#include <CLI/App.hpp>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "benchmark_options.h"
#include "budgeted_options.h"
#include "score/benchmark_table.h"
#include "wrcor/config/config_loader.h"
#include "wrcor/score/ranking_rule.h"

namespace wrcor::cli {

struct EvaluateOptions {
  ConfigSources sources;
  std::vector<std::string> score_files;
  std::string image_size;  ///< empty: that of the data set
  BenchmarkOptions benchmark;
  std::vector<std::string> rank_by;
  std::vector<std::string> table_scores;
  int top_k = 10;
  int resamples = 1000;
  bool simulate = false;
  int runs = 100;
  BudgetedOptions budgeted;
  std::vector<std::string> populations;
  std::vector<std::string> published;  ///< the data set of each metric; empty: no table
  std::string measures = "usual";
  std::string format = "table";
  std::set<std::string> given;  ///< flags of the command line, such as "--top-k"

  /// Whether there is a score that orders architectures.
  bool has_scores() const { return !score_files.empty() || !table_scores.empty(); }
};

/// Adds the options of `wrcor evaluate`.
void add_evaluate_options(CLI::App& command, EvaluateOptions& target);

/// @throws UsageError for options that contradict each other, or have no effect
void check(const EvaluateOptions& options);

/// The sources, with the settings that this call does not use.
ConfigSources sources_of(const EvaluateOptions& options);

/// A vote of --rank-by. @throws UsageError
RankingRule parse_rule(const std::string& text);

std::vector<FigureColumn> parse_columns(const std::vector<std::string>& texts);

}  // namespace wrcor::cli
