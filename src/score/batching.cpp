#include "score/batching.h"

#include <algorithm>
#include <array>

namespace wrcor {

bool is_batched(std::string_view proxy) {
  static constexpr std::array<std::string_view, 5> alone{"grasp", "synflow_bn", "dyn_isometry",
                                                         "bundle_entropy", "meco_opt"};
  return std::ranges::find(alone, proxy) == alone.end();
}

}  // namespace wrcor
