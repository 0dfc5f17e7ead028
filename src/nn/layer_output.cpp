#include "wrcor/nn/layer_output.h"

#include <stdexcept>
#include <vector>

#include "wrcor/nn/average_pool.h"
#include "wrcor/nn/batch_norm.h"
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
      std::vector<Summand> summands;
      for (const at::Tensor& summand : inputs) summands.push_back({summand, {}});
      return scaled_sum(summands);
    }
    case LayerKind::zero:
      return at::zeros_like(input);
    case LayerKind::global_average:
      return input.mean({2, 3}, false, at::kDouble).to(input.scalar_type());
    case LayerKind::linear:
      return exact_product(input, weights.weight.t(), weights.bias);
    case LayerKind::batch_norm:
    case LayerKind::input:
      break;
  }
  throw std::logic_error("this layer has no output of its own");
}

at::Tensor layer_input_gradient(const Layer& layer, const Network::LayerWeights& weights,
                                const at::Tensor& gradient, const at::Tensor& input,
                                const FeatureShape& shape) {
  switch (layer.kind) {
    case LayerKind::relu:
      return at::threshold_backward(gradient, input, 0);
    case LayerKind::average_pool:
      return average_pool_backward(gradient, shape, layer);
    case LayerKind::sum:
      return gradient;
    case LayerKind::zero:
      return {};
    case LayerKind::global_average:
      return (gradient / static_cast<double>(shape.height * shape.width))
          .view({gradient.size(0), shape.channels, 1, 1})
          .expand({-1, -1, shape.height, shape.width})
          .contiguous(gradient.is_cpu() ? at::MemoryFormat::ChannelsLast
                                        : at::MemoryFormat::Contiguous);
    case LayerKind::linear:
      return exact_product(gradient, weights.weight);
    case LayerKind::convolution:
    case LayerKind::batch_norm:
    case LayerKind::input:
      break;
  }
  throw std::logic_error("no gradient passes this layer here");
}

at::Tensor exact_product(const at::Tensor& a, const at::Tensor& b, const at::Tensor& bias) {
  const at::Tensor product = at::mm(a.to(at::kDouble), b.to(at::kDouble));
  return (bias.defined() ? product + bias : product).to(a.scalar_type());
}

}  // namespace wrcor
