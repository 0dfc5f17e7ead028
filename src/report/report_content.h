#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "record/finished_run.h"
#include "report/budgeted_search_report.h"
#include "score/benchmark_table.h"

namespace wrcor {

/// Columns of figures about trained networks.
struct FigureTable {
  std::string file;  ///< name, for display
  std::vector<std::string> columns;
  BenchmarkTable table;

  /// Of an architecture; nothing when the table does not have it.
  std::optional<double> value(const std::string& arch, const std::string& column) const;
};

/// A run in a report.
struct ReportedRun {
  std::string name;  ///< different for each run
  FinishedRun run;
};

/// The content of a report.
struct ReportContent {
  std::string title;
  std::vector<ReportedRun> runs;
  std::optional<FigureTable> accuracies;
  std::optional<FigureTable> training;  ///< one column, seconds
  std::optional<BudgetedSearchReport> searches;
  std::size_t top = 10;  ///< cells that are drawn per run by default
};

/// Short unique names for folders: the last part of the path, or if several share it, as much of
/// the path as distinguishes them.
std::vector<std::string> run_names(const std::vector<std::filesystem::path>& folders);

/// A human-readable description of a run: label and text, in display order.
std::vector<std::pair<std::string, std::string>> run_facts(const FinishedRun& run);

/// The better direction of a proxy's scores: that of the rule, else the registered one; higher for
/// a proxy that this program does not know.
Direction better_of(const RankingRule& rule, const std::string& proxy);

/// Spearman's rho of one pair of columns.
struct PairAgreement {
  std::size_t architectures = 0;  ///< that have a value in both
  std::optional<double> rho;      ///< nothing if one of them is constant
};

/// Every score of a run, its vote, parameters, FLOPs and the accuracies against each other; in all
/// but the costs higher is better: scores with lower as better are negated.
struct AgreementMatrix {
  std::vector<std::string> names;
  std::vector<std::vector<PairAgreement>> pairs;  ///< symmetric
};
AgreementMatrix agreement_matrix(const FinishedRun& run,
                                 const std::optional<FigureTable>& accuracies);

/// The cost of training the architectures of a run, from a table.
struct TrainingCost {
  std::size_t architectures = 0;  ///< of the run
  std::size_t covered = 0;        ///< the number of them with a time in the table
  double seconds = 0;             ///< of the covered ones
};
TrainingCost training_cost(const FinishedRun& run, const FigureTable& times);

}  // namespace wrcor
