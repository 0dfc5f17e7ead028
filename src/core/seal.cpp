#include "core/seal.h"

#include <utility>

#include "core/hash.h"
#include "core/json.h"
#include "wrcor/core/error.h"

namespace wrcor {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* check_name = "check";
constexpr std::string_view line_start = R"({"check":")", separator = "\",";

}  // namespace

const std::string& SealChain::next(std::string_view record) {
  last_ = Sha256().update(last_).update(record).hex().substr(0, digits);
  return last_;
}

std::string SealedLines::check(std::string_view body) {
  return chained_ ? chain_.next(body) : SealChain().next(body);
}

std::string SealedLines::seal(const Json& entry) {
  const std::string body = entry.dump();
  return std::string(line_start) + check(body) + std::string(separator) + body.substr(1);
}

std::optional<Json> SealedLines::open(std::string_view line) {
  constexpr std::size_t prefix = line_start.size() + SealChain::digits + separator.size();
  if (!line.starts_with(line_start) || line.size() < prefix ||
      line.substr(prefix - separator.size(), separator.size()) != separator) {
    return std::nullopt;
  }
  const std::string body = "{" + std::string(line.substr(prefix));
  if (line.substr(line_start.size(), SealChain::digits) != check(body)) return std::nullopt;
  try {
    return std::make_optional(parse_json(body));
  } catch (const JsonError&) {
    return std::nullopt;
  }
}

bool SealedLines::may_begin(std::string_view text) {
  const std::string_view written = text.substr(0, text.find('\0'));
  return written.starts_with(line_start) || line_start.starts_with(written);
}

Json sealed(Json record) {
  record[check_name] = SealChain().next(record.dump());
  return record;
}

bool is_sealed(Json record) {
  const auto found = record.find(check_name);
  if (found == record.end()) return false;
  const Json check = *found;
  record.erase(check_name);
  return check == SealChain().next(record.dump());
}

void require_sealed_result(Json& document, const std::string& place) {
  constexpr int first_sealed_version = 4;
  if (document.value("schema_version", 1) < first_sealed_version) return;
  const auto ranking = document.find("ranking"), timing = document.find("timing");
  if (ranking != document.end() && timing != document.end() && timing->is_object()) {
    const Json check = timing->value(check_name, Json());
    timing->erase(check_name);
    Json rows = std::exchange(*ranking, Json::array());
    DocumentSeal seal(document);
    for (const Json& row : rows) seal.add(row);
    *ranking = std::move(rows);
    if (check == seal.check()) return;
  }
  throw DataError("'" + place +
                  "' is not as the search wrote it: its check does not fit; restore it from a "
                  "copy, or have it written again with wrcor search --resume --out");
}

}  // namespace wrcor
