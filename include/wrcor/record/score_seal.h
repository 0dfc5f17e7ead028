#pragma once

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace wrcor {

/// Each record of a file of scores has a check of its own, over all else that it says, its settings
/// included: files may be joined, sorted and cut into parts, but no record changed. Records on
/// standard output, and those of older versions, have none.

/// Checks a JSON line.
/// @param place  of it, such as "scores.jsonl:12", for messages
/// @throws DataError when a newer program wrote it, or when it is not as it was written
void require_as_written(const nlohmann::ordered_json& record, const std::string& place);

/// The last column of CSV with checks.
inline constexpr const char* check_column = "check";

/// A line of CSV with its check behind the fields.
std::string sealed_csv_line(std::vector<std::string> fields);

/// Checks the fields of such a line. @throws DataError
void require_as_written(std::vector<std::string> fields, const std::string& place);

}  // namespace wrcor
