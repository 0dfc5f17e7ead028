#include "internal/structure.h"

namespace wrcor {

std::int64_t trainable_tensors(const NetworkPlan& plan) {
  std::int64_t count = 0;
  for (const Layer& layer : plan.layers)
    count += static_cast<std::int64_t>(layer.parameters.size());
  return count;
}

bool norm_of_one_value(const NetworkPlan& plan) {
  for (const Layer& layer : plan.layers) {
    if (!layer.buffers.empty() && layer.out.height * layer.out.width == 1) return true;
  }
  return false;
}

}  // namespace wrcor
