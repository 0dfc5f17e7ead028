#include "score/batching.h"

#include <algorithm>
#include <array>

namespace wrcor {

bool is_batched(std::string_view proxy) {
  static constexpr std::array<std::string_view, 9> alone{
      "grasp",          "synflow_bn", "gradsign", "vkdnw",  "dyn_isometry",
      "bundle_entropy", "meco_opt",   "near",     "intrain"};
  return std::ranges::find(alone, proxy) == alone.end();
}

}  // namespace wrcor
