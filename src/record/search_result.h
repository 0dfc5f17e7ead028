#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "core/file.h"
#include "wrcor/config/run_spec.h"
#include "wrcor/record/scoring_conditions.h"
#include "wrcor/score/ranking.h"

namespace wrcor {

/// What became of all proposals of a run.
struct SearchCounts {
  std::int64_t asked = 0;       ///< proposals, duplicates included
  std::int64_t distinct = 0;    ///< classes among them
  std::int64_t ok = 0;          ///< classes by status
  std::int64_t degenerate = 0;  ///< without any score that is defined
  std::int64_t failed = 0;
  /// Genotypes drawn, mutated or listed that the constraints rejected before they were proposed.
  std::int64_t infeasible = 0;
  std::int64_t without_cost = 0;  ///< of those, for lack of a cost in the table of costs
  std::int64_t refined = 0;  ///< classes at the top that have all repeats, where others have one
  std::int64_t not_applicable = 0;  ///< classes that no score is defined for
};

/// What ended a search; exhausted: nothing was left to propose.
enum class EndedBy { budget, max_seconds, exhausted };
inline constexpr EndedBy all_ends[] = {EndedBy::budget, EndedBy::max_seconds, EndedBy::exhausted};
std::string_view to_string(EndedBy end);

struct SearchTiming {
  std::string started;         ///< of this session, ISO 8601, UTC
  double seconds = 0;          ///< of searching, earlier sessions included
  std::int64_t evaluated = 0;  ///< networks run in this session
  double session_seconds = 0;  ///< of searching in this session
  std::string device;
  int workers = 1;
  int networks_per_batch = 1;  ///< networks that a worker evaluates as one batch
  /// Most bytes that the tensors of one worker took on the CPU in this session.
  std::int64_t worker_memory = 0;
};

struct SearchResult {
  RankingRule rule;             ///< what orders the ranking
  std::vector<Ranked> ranking;  ///< best first, one entry a class
  SearchCounts counts;
  EndedBy ended_by = EndedBy::budget;
  ScoringConditions conditions;
  std::string settings;  ///< score_identity()
  SearchTiming timing;
};

/// Adds one class to the counts by status. @param status  of its evaluation
void count_status(SearchCounts& counts, Status status);

/// How many architectures may be the best one, the first of the ranking included, by its rank
/// intervals; nothing where there are none.
std::optional<std::size_t> contenders(const SearchResult& result);

/// The document of result.json. Without its last key, `timing`, which is of this machine and this
/// day, it is a function of the configuration, the program, libtorch and the kind of device, unless
/// time ended the search or an evaluation failed.
nlohmann::ordered_json to_json(const SearchResult& result, const RunSpec& spec);

/// The same as text, piece by piece: a document of thousands of rows takes many times the memory of
/// one row.
void write_text(const SearchResult& result, const RunSpec& spec, const TextSink& write);

/// An element of the array `ranking` of result.json. @param index  from 0, the best
nlohmann::ordered_json ranking_row(const SearchResult& result, std::size_t index);

/// JSON Schemas of result.json, and of its `ranking` alone.
nlohmann::ordered_json result_schema();
nlohmann::ordered_json ranking_schema();

}  // namespace wrcor
