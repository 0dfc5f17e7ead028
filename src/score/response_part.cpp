#include "score/response_part.h"
#include "core/json_schema_parts.h"

namespace wrcor {

nlohmann::ordered_json to_json(const ResponsePart& part) {
  return {
      {"layer", part.layer},
      {"side", part.gradient ? "gradient" : "activation"},
      {"unit", part.unit},
      {"weight", part.weight},
      {"norm", part.norm},
      {"share", part.share},
      {"correlation", part.correlation},
      {"effect", part.effect ? nlohmann::ordered_json(*part.effect) : nlohmann::ordered_json()}};
}

nlohmann::ordered_json response_part_schema() {
  using namespace json_schema_parts;
  return object({{"layer", text()},
                 {"side", one_of_texts({"activation", "gradient"})},
                 {"unit", whole_number()},
                 {"weight", number()},
                 {"norm", number()},
                 {"share", number()},
                 {"correlation", number()},
                 {"effect", number_or_null()}});
}

}  // namespace wrcor
