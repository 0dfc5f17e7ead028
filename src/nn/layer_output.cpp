#include "wrcor/nn/layer_output.h"

#include <stdexcept>

#include "wrcor/nn/average_pool.h"
#include "wrcor/nn/convolution.h"

namespace wrcor {

at::Tensor layer_output(const Layer& layer, const Network::LayerWeights& weights,
                        std::span<const at::Tensor> inputs) {
  const at::Tensor& input = inputs.front();
  switch (layer.kind) {
    case LayerKind::convolution:
      return convolution(input, weights.weight, layer);
    case LayerKind::relu:
      return at::relu(input);
    case LayerKind::average_pool:
      return average_pool(input, layer);
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
