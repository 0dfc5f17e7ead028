#include "record/trial.h"

#include "core/schema_version.h"
#include "wrcor/core/error.h"
#include "wrcor/core/registry.h"

namespace wrcor {
namespace {

using Json = nlohmann::ordered_json;

UsageError not_an_outcome(const std::string& found) {
  return UsageError(
      R"(expected {"id": N, "fitness": NUMBER} or {"id": N, "failed": "REASON"}, found )" + found);
}

}  // namespace

RankingRule fitness_rule() { return {VoteMethod::score, {{fitness_name, Direction::higher}}}; }

Json to_json(const TrialOutcome& outcome) {
  Json json{{"id", outcome.id}};
  if (outcome.fitness) {
    json[fitness_name] = *outcome.fitness;
  } else {
    json["failed"] = outcome.failure;
  }
  return json;
}

TrialOutcome trial_outcome_from_json(const Json& json) {
  if (!json.is_object()) throw not_an_outcome(in_quotes(json.dump()));
  TrialOutcome outcome;
  for (const auto& [name, value] : json.items()) {
    if (name == "id" && value.is_number_unsigned()) {
      outcome.id = value.get<std::size_t>();
    } else if (name == fitness_name && value.is_number()) {
      outcome.fitness = value.get<double>();
    } else if (name == "failed" && value.is_string() && !value.get<std::string>().empty()) {
      outcome.failure = value.get<std::string>();
    } else {
      throw not_an_outcome(in_quotes(name) + ": " + value.dump());
    }
  }
  if (!json.contains("id") || outcome.fitness.has_value() != outcome.failure.empty())
    throw not_an_outcome(json.dump());
  return outcome;
}

Json trial_schema() {
  using namespace json_schema_parts;
  return document("trial", schema_version::trial, "Line that wrcor ask prints",
                  object({{"id", whole_number()},
                          {"arch", text()},
                          {"params", whole_number()},
                          {"flops", whole_number()}}));
}

json_schema_parts::Schema trial_outcome_object() {
  using namespace json_schema_parts;
  const Schema reason{{"type", "string"}, {"minLength", 1}};
  Schema schema = object({{"id", whole_number()},
                          {fitness_name, number(), /*required=*/false},
                          {"failed", reason, /*required=*/false}});
  schema["oneOf"] = {{{"required", Schema::array({fitness_name})}},
                     {{"required", Schema::array({"failed"})}}};
  return schema;
}

Json trial_outcome_schema() {
  return json_schema_parts::document("outcome", schema_version::trial, "Line that wrcor tell reads",
                                     trial_outcome_object());
}

}  // namespace wrcor
