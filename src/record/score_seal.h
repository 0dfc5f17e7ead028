#pragma once

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace wrcor {

/// Each record of a file of scores has its own check over its other fields, including its settings:
/// files may be joined, sorted and split, but no record changed. Records on standard output, and
/// those of older versions, have none.

/// Checks a JSON line.
/// @param place  of it, such as "scores.jsonl:12", for messages
/// @throws DataError when a newer program wrote it, or when it was changed
void require_as_written(const nlohmann::ordered_json& record, const std::string& place);

/// The last column of CSV with checks.
inline constexpr const char* check_column = "check";

/// A line of CSV with its check after the fields.
std::string sealed_csv_line(std::vector<std::string> fields);

/// Checks the fields of such a line. @throws DataError
void require_as_written(std::vector<std::string> fields, const std::string& place);

}  // namespace wrcor
