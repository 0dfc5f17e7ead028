#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>

#include "wrcor/record/search_result.h"

namespace wrcor {

/// Where a table is shown.
struct TablePlace {
  std::optional<int> columns;  ///< that a line may have; nothing: any number
  /// A short name of an architecture, where there is one: takes the place of its string in a table
  /// that does not fit.
  std::function<std::string(const std::string& arch)> id = {};
};

/// The first rows of a ranking for people: rank, scores, parameters, FLOPs, architecture.
std::string ranking_table(const SearchResult& result, std::size_t rows,
                          const TablePlace& place = {});
/// The same as CSV, numbers exact.
std::string ranking_csv(const SearchResult& result, std::size_t rows);
/// The same as a JSON array, rows as in result.json.
std::string ranking_json(const SearchResult& result, std::size_t rows);

/// "300 proposals, 217 architectures: 214 ok, 3 degenerate; 21.4 s, 0.098 s an architecture"
std::string summary_line(const SearchResult& result);

}  // namespace wrcor
