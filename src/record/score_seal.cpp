#include "record/score_seal.h"

#include "core/schema_version.h"
#include "core/seal.h"
#include "core/table.h"
#include "wrcor/core/error.h"

namespace wrcor {
namespace {

[[noreturn]] void refuse(const std::string& place) {
  throw DataError(place +
                  ": found a score that is not as it was written: its check does not fit; restore "
                  "the file from a copy, or leave the line out and score that architecture again");
}

std::string check_of(const std::vector<std::string>& fields) {
  return SealChain().next(csv_line(fields));
}

}  // namespace

void require_as_written(const nlohmann::ordered_json& record, const std::string& place) {
  constexpr int first_sealed_version = 4;
  const int schema = read_schema_version(record, schema_version::score, place);
  const bool has_check = schema >= first_sealed_version || record.contains("check");
  if (has_check && !is_sealed(record)) refuse(place);
}

std::string sealed_csv_line(std::vector<std::string> fields) {
  fields.push_back(check_of(fields));
  return csv_line(fields);
}

void require_as_written(std::vector<std::string> fields, const std::string& place) {
  const std::string check = fields.back();
  fields.pop_back();
  if (check != check_of(fields)) refuse(place);
}

}  // namespace wrcor
