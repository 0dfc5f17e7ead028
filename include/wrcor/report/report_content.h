#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "wrcor/record/finished_run.h"
#include "wrcor/score/benchmark_table.h"

namespace wrcor {

/// Columns of figures about trained networks.
struct FigureTable {
  std::string file;  ///< name, for people
  std::vector<std::string> columns;
  BenchmarkTable table;

  /// Of an architecture; nothing when the table does not have it.
  std::optional<double> value(const std::string& arch, const std::string& column) const;
};

/// A run as a report shows it.
struct ReportedRun {
  std::string name;  ///< different for each run
  FinishedRun run;
};

/// What a report shows.
struct ReportContent {
  std::string title;
  std::vector<ReportedRun> runs;
  std::optional<FigureTable> accuracies;
  std::optional<FigureTable> training;  ///< one column, seconds
  std::size_t top = 10;                 ///< cells that are drawn without being asked for, a run
};

/// Short names for folders, each once: the last part of the path, and where that is the same for
/// several, as much of the path as tells them apart.
std::vector<std::string> run_names(const std::vector<std::filesystem::path>& folders);

/// What a run was, in words for people: label and text, in the order to be shown.
std::vector<std::pair<std::string, std::string>> run_facts(const FinishedRun& run);

/// Which scores of a proxy are better: as the rule counts it, else as it is registered; higher for
/// one that this program does not know.
Direction better_of(const RankingRule& rule, const std::string& proxy);

/// Spearman's rho of one pair of columns.
struct PairAgreement {
  std::size_t architectures = 0;  ///< that have a value in both
  std::optional<double> rho;      ///< nothing where one of them is constant
};

/// Every score of a run, its vote, parameters, FLOPs and the accuracies against each other; in all
/// but the costs higher is better: scores whose lower values are better are negated.
struct AgreementMatrix {
  std::vector<std::string> names;
  std::vector<std::vector<PairAgreement>> pairs;  ///< symmetric
};
AgreementMatrix agreement_matrix(const FinishedRun& run,
                                 const std::optional<FigureTable>& accuracies);

/// What training the architectures of a run would have taken, by a table.
struct TrainingCost {
  std::size_t architectures = 0;  ///< of the run
  std::size_t covered = 0;        ///< of them, those that the table has a time for
  double seconds = 0;             ///< of the covered ones
};
TrainingCost training_cost(const FinishedRun& run, const FigureTable& times);

}  // namespace wrcor
