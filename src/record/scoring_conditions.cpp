#include "wrcor/record/scoring_conditions.h"
#include "record/scoring_schema.h"

#include "score/scoring_revision.h"
#include "wrcor/core/version.h"

namespace wrcor {

using namespace json_schema_parts;

nlohmann::ordered_json program_json(int schema_version, const ScoringConditions& conditions) {
  return {{"schema_version", schema_version},
          {"tool", {{"name", "wrcor"}, {"version", version}}},
          {"scoring_revision", scoring_revision},
          {"libtorch", conditions.platform.libtorch},
          {"device", conditions.device_kind}};
}

std::vector<Member> program_members(int schema_version) {
  return {{"schema_version", constant(schema_version)},
          {"tool", tool()},
          {"scoring_revision", whole_number()},
          {"libtorch", text()},
          {"device", one_of_texts({"cpu", "cuda"})}};
}

Schema batch_schema() {
  return object({{"dataset", text()},
                 {"classes", whole_number()},
                 {"size", whole_number()},
                 {"height", whole_number(), /*required=*/false},
                 {"width", whole_number(), /*required=*/false},
                 {"sha256", hexadecimal(64)}});
}

}  // namespace wrcor
