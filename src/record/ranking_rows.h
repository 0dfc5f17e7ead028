#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "core/file.h"
#include "record/search_result.h"

// A ranking as a table with a row per class of architectures.
namespace wrcor {

enum class ScoreColumns { shown, left_out };
enum class Digits {
  few,
  all  ///< as many as needed to read a value back
};

/// Names of the columns. @param result  with at least one row
std::vector<std::string> ranking_columns(const SearchResult& result, ScoreColumns scores);

/// A row. @param index  from 0, the best
std::vector<std::string> ranking_cells(const SearchResult& result, std::size_t index,
                                       ScoreColumns scores, Digits digits);

/// The content of ranking.csv, line by line: all rows with all scores, exact, and the columns
/// `settings` (SearchResult::settings) and `schema_version`.
void write_ranking_file(const SearchResult& result, const TextSink& write);

}  // namespace wrcor
