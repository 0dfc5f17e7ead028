#include "wrcor/nn/layer_output.h"

#include <stdexcept>

namespace wrcor {

at::Tensor layer_output(const Layer& layer, const Network::LayerWeights& weights,
                        std::span<const at::Tensor> inputs) {
  const at::Tensor& input = inputs.front();
  switch (layer.kind) {
    case LayerKind::convolution:
      return at::conv2d(input, weights.weight, {}, layer.stride, layer.padding);
    case LayerKind::relu:
      return at::relu(input);
    case LayerKind::average_pool:
      return at::avg_pool2d(input, layer.kernel, layer.stride, layer.padding, /*ceil_mode=*/false,
                            /*count_include_pad=*/false);
    case LayerKind::sum: {
      at::Tensor total = input + inputs[1];
      for (const at::Tensor& more : inputs.subspan(2)) total.add_(more);
      return total;
    }
    case LayerKind::zero:
      return at::zeros_like(input);
    case LayerKind::global_average:
      return input.mean({2, 3});
    case LayerKind::linear:
      return at::linear(input, weights.weight, weights.bias);
    case LayerKind::batch_norm:
    case LayerKind::input:
      break;
  }
  throw std::logic_error("this layer has no output of its own");
}

}  // namespace wrcor
