#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "core/file.h"
#include "core/json_schema_parts.h"
#include "search/search_course.h"
#include "wrcor/config/run_spec.h"
#include "wrcor/record/scoring_conditions.h"
#include "wrcor/score/ranking.h"

namespace wrcor {

std::string_view to_string(EndedBy end);
/// JSON Schema of its text.
json_schema_parts::Schema end_schema();

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
  /// What computed the scores on other machines, one text for each kind.
  std::vector<std::string> platforms = {};
};

struct SearchResult {
  RankingRule rule;                   ///< what orders the ranking
  std::vector<Ranked> ranking;        ///< best first, one entry a class
  std::vector<std::string> minimize;  ///< names of the costs of its entries
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

/// The document of result.json. Without its last key, `timing`, which depends on the machine and
/// the day, it is a function of the configuration, the program, libtorch and the kind of device,
/// unless time ended the search or an evaluation failed.
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
