#include "support/autograd_network.h"

#include <vector>

#include "nn/operator.h"

namespace wrcor::test {

at::Tensor differentiable_logits(const Network& network, const at::Tensor& images) {
  const NetworkPlan& plan = network.plan();
  std::vector<at::Tensor> outputs{images};
  for (std::size_t i = 1; i < plan.layers.size(); ++i) {
    const Layer& layer = plan.layers[i];
    std::vector<at::Tensor> inputs;
    for (const int input : layer.inputs) inputs.push_back(outputs[static_cast<std::size_t>(input)]);
    outputs.push_back(operator_of(layer.kind)
                          .forward({.layer = layer,
                                    .weights = network.weights(static_cast<int>(i)),
                                    .inputs = inputs}));
  }
  return outputs.back();
}

}  // namespace wrcor::test
