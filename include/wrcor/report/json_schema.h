#pragma once

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace wrcor {

/// The kinds of JSON that the program reads and writes: config, journal, result, score, ...
std::vector<std::string> schema_kinds();

/// The JSON Schema (draft-07) of a kind, in its newest version; for a file of lines, of one line.
/// @throws UsageError for an unknown kind
nlohmann::ordered_json json_schema(const std::string& kind);

}  // namespace wrcor
