#pragma once

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace wrcor::cli {

/// The kinds of JSON that the program reads and writes: config, journal, result, score, ...
std::vector<std::string> schema_kinds();

/// The JSON Schema (draft-07) of a kind, in its newest version; for a file of lines, of one line.
/// @throws UsageError for an unknown kind
nlohmann::ordered_json json_schema(const std::string& kind);

// Schemas of the outputs of commands that no report writes.
nlohmann::ordered_json description_schema();  ///< `wrcor describe`
nlohmann::ordered_json list_schema();         ///< `wrcor list`

}  // namespace wrcor::cli
