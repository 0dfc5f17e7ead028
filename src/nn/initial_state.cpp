#include "wrcor/nn/initial_state.h"

namespace wrcor {

std::map<std::string, at::Tensor> initial_state(const NetworkPlan& plan,
                                                const WeightSource& weights) {
  std::map<std::string, at::Tensor> state;
  for (const Layer& layer : plan.layers) {
    for (const Parameter& parameter : parameters_of(plan, layer))
      state[parameter.name] = weights.get(parameter);
    if (layer.kind != LayerKind::batch_norm) continue;
    state[layer.name + ".running_mean"] = at::zeros({layer.out.channels});
    state[layer.name + ".running_var"] = at::ones({layer.out.channels});
    state[layer.name + ".num_batches_tracked"] = at::zeros({}, at::kLong);
  }
  return state;
}

}  // namespace wrcor
