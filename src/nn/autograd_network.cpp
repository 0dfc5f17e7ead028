#include "wrcor/nn/autograd_network.h"

#include "wrcor/nn/batch_norm.h"
#include "wrcor/nn/layer_output.h"

namespace wrcor {
namespace {

at::Tensor output_of(const Layer& layer, const Network::LayerWeights& weights,
                     std::span<const at::Tensor> inputs) {
  if (layer.kind != LayerKind::batch_norm) return layer_output(layer, weights, inputs);
  return at::batch_norm(inputs.front(), weights.weight, weights.bias, {}, {}, /*training=*/true,
                        /*momentum=*/0.1, batch_norm_epsilon, /*cudnn_enabled=*/false);
}

}  // namespace

at::Tensor differentiable_logits(const Network& network, const at::Tensor& images) {
  const NetworkPlan& plan = network.plan();
  std::vector<at::Tensor> outputs{images};
  for (std::size_t i = 1; i < plan.layers.size(); ++i) {
    std::vector<at::Tensor> inputs;
    for (const int input : plan.layers[i].inputs)
      inputs.push_back(outputs[static_cast<std::size_t>(input)]);
    outputs.push_back(output_of(plan.layers[i], network.weights(static_cast<int>(i)), inputs));
  }
  return outputs.back();
}

}  // namespace wrcor
