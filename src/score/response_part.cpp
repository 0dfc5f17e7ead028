#include "wrcor/score/response_part.h"

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

}  // namespace wrcor
