#include "score/evaluation_schema.h"

#include "wrcor/score/evaluation.h"

namespace wrcor {

using namespace json_schema_parts;

std::vector<Member> evaluation_members(const std::vector<std::string>& names) {
  std::vector<std::string> statuses;
  for (const Status status : all_statuses) statuses.emplace_back(to_string(status));
  const Schema raw = {{"anyOf", {number(), one_of_texts({"nan", "inf", "-inf"})}}};
  const auto optional = [](const std::string& name, const Schema& schema) {
    return Member{name, schema, /*required=*/false};
  };
  return {{"status", one_of_texts(statuses)},
          optional("reason", text()),
          optional("wanted_bytes", whole_number()),
          {"scores", map(names, number_or_null())},
          optional("raw", map(names, raw)),
          optional("statuses", map(names, one_of_texts(statuses))),
          optional("reasons", map(names, text())),
          optional("notes", map(names, text())),
          optional("log10", map(names, number())),
          optional("repeats", map(names, array(number()))),
          {"params", whole_number()},
          {"flops", whole_number()}};
}

Schema evaluation_object(const std::vector<Member>& members) {
  const Schema has_reason = {{"required", Schema::array({"reason"})}};
  const Schema only_numbers = {{"properties", {{"scores", {{"additionalProperties", number()}}}}}};
  Schema schema = object(members);
  schema["if"] = {{"properties", {{"status", constant("ok")}}}};
  schema["then"] = {{"not", has_reason}};
  schema["else"] = has_reason;
  // A score without a number has the raw one, or its logarithm.
  schema["anyOf"] = {only_numbers,
                     {{"required", Schema::array({"raw"})}},
                     {{"required", Schema::array({"log10"})}}};
  return schema;
}

}  // namespace wrcor
