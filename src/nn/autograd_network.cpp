#include "wrcor/nn/autograd_network.h"

#include <stdexcept>

#include "wrcor/nn/batch_norm.h"

namespace wrcor {
namespace {

at::Tensor layer_output(const Layer& layer, const Network::LayerWeights& weights,
                        const std::vector<at::Tensor>& inputs) {
  const at::Tensor& input = inputs.front();
  switch (layer.kind) {
    case LayerKind::convolution:
      return at::conv2d(input, weights.weight, {}, layer.stride, layer.padding);
    case LayerKind::batch_norm:
      return at::batch_norm(input, weights.weight, weights.bias, {}, {}, /*training=*/true,
                            /*momentum=*/0.1, batch_norm_epsilon, /*cudnn_enabled=*/false);
    case LayerKind::relu:
      return at::relu(input);
    case LayerKind::average_pool:
      return at::avg_pool2d(input, layer.kernel, layer.stride, layer.padding, /*ceil_mode=*/false,
                            /*count_include_pad=*/false);
    case LayerKind::sum: {
      at::Tensor total = input;
      for (std::size_t i = 1; i < inputs.size(); ++i) total = total + inputs[i];
      return total;
    }
    case LayerKind::zero:
      return input * 0;
    case LayerKind::global_average:
      return input.mean({2, 3});
    case LayerKind::linear:
      return at::linear(input, weights.weight, weights.bias);
    case LayerKind::input:
      break;
  }
  throw std::logic_error("the input layer makes nothing");
}

}  // namespace

at::Tensor differentiable_logits(const Network& network, const at::Tensor& images) {
  const NetworkPlan& plan = network.plan();
  std::vector<at::Tensor> outputs{images};
  for (std::size_t i = 1; i < plan.layers.size(); ++i) {
    std::vector<at::Tensor> inputs;
    for (const int input : plan.layers[i].inputs)
      inputs.push_back(outputs[static_cast<std::size_t>(input)]);
    outputs.push_back(layer_output(plan.layers[i], network.weights(static_cast<int>(i)), inputs));
  }
  return outputs.back();
}

}  // namespace wrcor
