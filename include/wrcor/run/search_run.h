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

/// Progress of a run.
struct ProgressState {
  std::string stage = {};      ///< the current activity, if not the search or the scoring
  std::int64_t done = 0;       ///< proposals settled
  std::int64_t total = 0;      ///< expected number of proposals
  std::int64_t evaluated = 0;  ///< networks run in this session
  std::int64_t replayed = 0;   ///< proposals settled before the first of them
  /// Until the end, if more than the number of remaining proposals is known.
  std::optional<double> seconds_left = {};
  /// Best score so far; none in a vote, whose values are not comparable over time.
  std::optional<double> best;
};
using ProgressSink = std::function<void(const ProgressState&)>;

/// Outcomes of all proposals of a run.
struct SearchCounts {
  std::int64_t asked = 0;       ///< proposals, duplicates included
  std::int64_t distinct = 0;    ///< classes among them
  std::int64_t ok = 0;          ///< classes by status
  std::int64_t degenerate = 0;  ///< without any defined score
  std::int64_t failed = 0;
  /// Genotypes drawn, mutated or listed that the constraints rejected before they were proposed.
  std::int64_t infeasible = 0;
  std::int64_t refined = 0;         ///< top classes that have all repeats, while others have one
  std::int64_t not_applicable = 0;  ///< classes that no score is defined for
};

/// Why a search ended; exhausted: nothing was left to propose.
enum class EndedBy { budget, max_seconds, exhausted };
inline constexpr EndedBy all_ends[] = {EndedBy::budget, EndedBy::max_seconds, EndedBy::exhausted};
std::string_view to_string(EndedBy end);

struct SearchTiming {
  std::string started;         ///< of this session, ISO 8601, UTC
  double seconds = 0;          ///< of searching, earlier sessions included
  std::int64_t evaluated = 0;  ///< networks run in this session
  double sitting_seconds = 0;  ///< of searching in this session
  std::string device;
  int workers = 1;
  int at_once = 1;  ///< networks per batch
  /// Peak size of the tensors of one worker on the CPU in this session, in bytes.
  std::int64_t worker_memory = 0;
};

struct SearchResult {
  RankingRule rule;             ///< that orders the ranking
  std::vector<Ranked> ranking;  ///< best first, one entry per class
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
  /// Whether a search was started here: its journal exists, possibly with only a part of its
  /// header. @throws DataError when this cannot be determined.
  bool holds_run() const;
};

/// Runs a search to its end in a new folder, or continues the run that a folder holds. Every
/// evaluation is in the journal before it is used; result.json is written at the end.
///
/// A resumed run repeats the search from its start, with evaluations from the journal at no cost,
/// so it ends like one that was never interrupted.
///
/// @param resume    continue the folder's run; without it, a folder that holds a run is an error
/// @param download  as for make_workbench()
/// @throws UsageError when the folder does not fit, holds a run of another configuration, or
///         unrelated files with the names of a run's, or is being written by another process;
///         DataError when data is missing or the journal is damaged; NoFeasibleError; Interrupted
///         after a signal, when all started evaluations are in the journal; RunError
SearchResult run_search(const Config& config, const RunDirectory& directory, bool resume,
                        const ProgressSink& progress, const DownloadSink& download = {});

/// The shell command that retries the failures of a run, with the same time again if time has ended
/// it, and twice the memory if that is bounded.
std::string retry_command(const SearchResult& result, const Config& config,
                          const RunDirectory& directory);

/// Adds one class to the counts by status. @param status  of its evaluation
void count_status(SearchCounts& counts, Status status);

/// The number of architectures that may be the best one by the rank intervals, including the first
/// of the ranking; nothing without rank intervals.
std::optional<std::size_t> contenders(const SearchResult& result);

/// The document of result.json. Without its last key, `timing`, which depends on the machine and
/// the day, it is a function of the configuration, the program, libtorch and the kind of device,
/// unless time ended the search or an evaluation failed.
nlohmann::ordered_json to_json(const SearchResult& result, const Config& config);

/// The same as text, piece by piece: a document of thousands of rows takes many times the memory of
/// one row.
void write_text(const SearchResult& result, const Config& config, const TextSink& write);

/// An element of the array `ranking` of result.json. @param index  from 0, the best
nlohmann::ordered_json ranking_row(const SearchResult& result, std::size_t index);

/// Description of the work of a search, for --dry-run.
std::string describe_work(const Config& config);

}  // namespace wrcor
