#include "nn/initial_state.h"

namespace wrcor {

std::map<std::string, at::Tensor> initial_state(const NetworkPlan& plan,
                                                const WeightSource& weights) {
  std::map<std::string, at::Tensor> state;
  for (const Layer& layer : plan.layers) {
    for (const Parameter& parameter : layer.parameters)
      state[parameter.name] = weights.get(parameter);
    for (const Buffer& buffer : layer.buffers) {
      state[buffer.name] =
          at::full(buffer.shape, buffer.initial, buffer.is_counter ? at::kLong : at::kFloat);
    }
  }
  return state;
}

}  // namespace wrcor
