#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "wrcor/config/config.h"
#include "wrcor/core/file.h"
#include "wrcor/data/download.h"
#include "wrcor/score/ranking.h"

namespace wrcor {

/// How far a run has come.
struct ProgressState {
  std::string stage = {};      ///< what is done, when it is not the search or the scoring itself
  std::int64_t done = 0;       ///< proposals settled
  std::int64_t total = 0;      ///< proposals there will be, as far as is known
  std::int64_t evaluated = 0;  ///< networks run in this sitting
  std::int64_t replayed = 0;   ///< proposals settled before the first of them
  /// Until the end, where more is known about what is left than its number.
  std::optional<double> seconds_left = {};
  /// Best score so far; none in a vote, whose values are not comparable over time.
  std::optional<double> best;
};
using ProgressSink = std::function<void(const ProgressState&)>;

/// What became of all proposals of a run.
struct SearchCounts {
  std::int64_t asked = 0;       ///< proposals, duplicates included
  std::int64_t distinct = 0;    ///< classes among them
  std::int64_t ok = 0;          ///< classes by status
  std::int64_t degenerate = 0;  ///< without any score that is defined
  std::int64_t failed = 0;
  /// Genotypes drawn, mutated or listed that the constraints rejected before they were proposed.
  std::int64_t infeasible = 0;
  std::int64_t refined = 0;  ///< classes at the top that have all repeats, where others have one
  std::int64_t not_applicable = 0;  ///< classes that no score is defined for
};

/// What ended a search; exhausted: nothing was left to propose.
enum class EndedBy { budget, max_seconds, exhausted };
inline constexpr EndedBy all_ends[] = {EndedBy::budget, EndedBy::max_seconds, EndedBy::exhausted};
std::string_view to_string(EndedBy end);

struct SearchTiming {
  std::string started;         ///< of this sitting, ISO 8601, UTC
  double seconds = 0;          ///< of searching, earlier sittings included
  std::int64_t evaluated = 0;  ///< networks run in this sitting
  double sitting_seconds = 0;  ///< of searching in this sitting
  std::string device;
  int workers = 1;
  int at_once = 1;  ///< networks that a worker evaluates as one batch
  /// Most bytes that the tensors of one worker took on the CPU in this sitting.
  std::int64_t worker_memory = 0;
};

struct SearchResult {
  RankingRule rule;             ///< what orders the ranking
  std::vector<Ranked> ranking;  ///< best first, one entry a class
  SearchCounts counts;
  EndedBy ended_by = EndedBy::budget;
  nlohmann::ordered_json batch;  ///< of Workbench
  std::string device_kind;       ///< of Workbench
  std::string settings;          ///< score_identity()
  SearchTiming timing;
};

/// Folder of one run: config.json, journal.jsonl, and at the end result.json.
struct RunDirectory {
  std::filesystem::path path;
  std::filesystem::path config() const { return path / "config.json"; }
  std::filesystem::path journal() const { return path / "journal.jsonl"; }
  std::filesystem::path result() const { return path / "result.json"; }
  std::filesystem::path lock() const { return path / "lock"; }  ///< while a process writes here
  /// Whether a search was started here: its journal is there, be it with a part of its header
  /// only. @throws DataError when that cannot be seen.
  bool holds_run() const;
};

/// Runs a search to its end in a new folder, or goes on with the run that a folder holds. Every
/// evaluation is in the journal before anything is made of it; result.json is written at the end.
///
/// A resumed run is the same search from its start, in which evaluations that the journal holds
/// cost nothing: it ends as one that was never interrupted.
///
/// @param resume    continue the folder's run; without it, a folder that holds a run is an error
/// @param download  as for make_workbench()
/// @throws UsageError when the folder does not fit, holds a run of another configuration, or files
///         of other use by the names of a run's, or is being written by another process;
///         DataError when data is missing or the journal is damaged; NoFeasibleError;
///         Interrupted after a signal, when all that had started is in the journal; RunError
SearchResult run_search(const Config& config, const RunDirectory& directory, bool resume,
                        const ProgressSink& progress, const DownloadSink& download = {});

/// The shell command that tries again what failed in a run, with as much time again where time has
/// ended it, and twice the memory where that is bounded.
std::string retry_command(const SearchResult& result, const Config& config,
                          const RunDirectory& directory);

/// Adds one class to the counts by status. @param status  of its evaluation
void count_status(SearchCounts& counts, Status status);

/// How many architectures may be the best one, the first of the ranking included, by its rank
/// intervals; nothing where there are none.
std::optional<std::size_t> contenders(const SearchResult& result);

/// The document of result.json. Without its last key, `timing`, which is of this machine and this
/// day, it is a function of the configuration, the program, libtorch and the kind of device, unless
/// time ended the search or an evaluation failed.
nlohmann::ordered_json to_json(const SearchResult& result, const Config& config);

/// The same as text, piece by piece: a document of thousands of rows takes many times the memory of
/// one row.
void write_text(const SearchResult& result, const Config& config, const TextSink& write);

/// An element of the array `ranking` of result.json. @param index  from 0, the best
nlohmann::ordered_json ranking_row(const SearchResult& result, std::size_t index);

/// What a search would do, as text: the effective work, for --dry-run.
std::string describe_work(const Config& config);

}  // namespace wrcor
