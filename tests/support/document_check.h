#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace wrcor::test {

/// Violations of the JSON Schema of a document's kind (schema_kinds()), one text each.
std::vector<std::string> schema_violations(const std::string& kind, const nlohmann::json& document);

/// The kind of a document that the program wrote, by a key that only this kind has; empty if
/// unknown.
std::string document_kind(const nlohmann::json& document);

/// Errors in a file that the program wrote: a JSON document, or JSON lines. An incomplete last
/// line, as a kill leaves it, is not an error.
std::vector<std::string> file_violations(const std::filesystem::path& file);

/// The same for every config.json, result.json and *.jsonl below a folder.
std::vector<std::string> folder_violations(const std::filesystem::path& folder);

}  // namespace wrcor::test
