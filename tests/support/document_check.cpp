#include "document_check.h"

#include <map>
#include <sstream>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

#include "cli/schemas.h"
#include "core/file.h"

namespace wrcor::test {
namespace {

using Json = nlohmann::json;
using Adapter = valijson::adapters::NlohmannJsonAdapter;

const valijson::Schema& parsed_schema(const std::string& kind) {
  static std::map<std::string, valijson::Schema> schemas;
  const auto [entry, is_new] = schemas.try_emplace(kind);
  if (is_new) {
    const Json text = Json::parse(cli::json_schema(kind).dump());
    valijson::SchemaParser(valijson::SchemaParser::kDraft7)
        .populateSchema(Adapter(text), entry->second);
  }
  return entry->second;
}

std::vector<std::string> violations(const Json& document, const std::string& place) {
  if (document.is_discarded()) return {place + ": no JSON"};
  const std::string kind = document_kind(document);
  if (kind == "schema") return {};
  if (kind.empty()) return {place + ": no schema is for this: " + document.dump().substr(0, 200)};
  std::vector<std::string> found;
  for (const std::string& violation : schema_violations(kind, document))
    found.push_back(place + ": not as the schema '" + kind + "' says: " + violation);
  return found;
}

Json parsed(const std::string& text) {
  return Json::parse(text, nullptr, /*allow_exceptions=*/false);
}

}  // namespace

std::vector<std::string> schema_violations(const std::string& kind, const Json& document) {
  valijson::Validator validator(valijson::Validator::kStrongTypes);
  valijson::ValidationResults results;
  if (validator.validate(parsed_schema(kind), Adapter(document), &results)) return {};
  std::vector<std::string> found;
  for (const auto& error : results) {
    std::string path;
    for (const std::string& part : error.context) path += part;
    found.push_back(path + ": " + error.description);
  }
  return found;
}

std::string document_kind(const Json& document) {
  if (document.is_array()) return document.empty() || document[0].contains("rank") ? "ranking" : "";
  const std::pair<const char*, const char*> kinds[] = {
      {"only_first", "comparison"},  {"$schema", "schema"},  {"last", "training"},
      {"epoch", "metrics"},          {"ranking", "result"},  {"asked", "journal"},
      {"told", "journal"},           {"elapsed", "journal"}, {"batch", "journal"},
      {"comparisons", "evaluation"}, {"passes", "plan"},     {"connected", "description"},
      {"changes", "explanation"},    {"scores", "score"},    {"run", "config"},
      {"queues", "queue"},           {"proxies", "list"},    {"votes", "list"},
      {"strategies", "list"},        {"devices", "list"},    {"kind", "journal"},
      {"fitness", "outcome"},        {"failed", "outcome"},  {"id", "trial"}};
  for (const auto& [key, kind] : kinds) {
    if (document.is_object() && document.contains(key)) return kind;
  }
  return "";
}

std::vector<std::string> file_violations(const std::filesystem::path& file) {
  const std::string text = read_file(file);
  if (const Json whole = parsed(text); !whole.is_discarded())
    return violations(whole, file.string());
  std::vector<std::string> found;
  std::istringstream lines(text);
  int number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    const Json entry = parsed(line);
    if (entry.is_discarded() && lines.eof()) break;
    for (const std::string& violation :
         violations(entry, file.string() + ":" + std::to_string(number)))
      found.push_back(violation);
  }
  return found;
}

std::vector<std::string> folder_violations(const std::filesystem::path& folder) {
  std::vector<std::string> found;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    const std::filesystem::path& file = entry.path();
    const bool ours = file.filename() == "config.json" || file.filename() == "result.json" ||
                      file.extension() == ".jsonl";
    if (!ours || !entry.is_regular_file()) continue;
    for (const std::string& violation : file_violations(file)) found.push_back(violation);
  }
  return found;
}

}  // namespace wrcor::test
