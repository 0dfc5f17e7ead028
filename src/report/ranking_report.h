#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>

#include "record/search_result.h"

namespace wrcor {

/// The output device of a table.
struct TablePlace {
  std::optional<int> columns;  ///< of the device; nothing: unlimited
  /// A short name of an architecture, if it has one: replaces its string in a table that does not
  /// fit.
  std::function<std::string(const std::string& arch)> id = {};
};

/// The first rows of a ranking as a human-readable table: rank, scores, parameters, FLOPs,
/// architecture.
std::string ranking_table(const SearchResult& result, std::size_t rows,
                          const TablePlace& place = {});
/// The same as CSV, numbers exact.
std::string ranking_csv(const SearchResult& result, std::size_t rows);
/// The same as a JSON array, rows as in result.json.
std::string ranking_json(const SearchResult& result, std::size_t rows);

/// "300 proposals, 217 architectures: 214 ok, 3 degenerate; 21.4 s, 0.098 s per architecture"
std::string summary_line(const SearchResult& result);

}  // namespace wrcor
