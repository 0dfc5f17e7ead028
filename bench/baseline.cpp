#include "baseline.h"

#include <torch/csrc/autograd/autograd.h>

#include <cmath>
#include <map>
#include <stdexcept>

namespace wrcor {
namespace {

using Weights = std::vector<std::vector<at::Tensor>>;

Weights trainable_weights(const NetworkPlan& plan, const WeightSource& source) {
  Weights weights;
  for (const Layer& layer : plan.layers) {
    auto& mine = weights.emplace_back();
    for (const Parameter& parameter : layer.parameters) {
      mine.push_back(source.get(parameter).detach().requires_grad_());
    }
  }
  return weights;
}

}  // namespace

at::Tensor baseline_layer(const Layer& layer, const std::vector<at::Tensor>& weights,
                          const std::vector<at::Tensor>& inputs, bool training) {
  const at::Tensor& input = inputs[0];
  switch (layer.kind) {
    case LayerKind::convolution:
      return at::conv2d(input, weights[0], weights.size() > 1 ? weights[1] : at::Tensor(),
                        layer.stride, layer.padding, /*dilation=*/1, layer.groups);
    case LayerKind::batch_norm: {
      at::Tensor mean, variance;
      if (!training) {
        mean = at::zeros_like(weights[1]);
        variance = at::ones_like(weights[0]);
      }
      return at::batch_norm(input, weights[0], weights[1], mean, variance, training, 0.1,
                            layer.epsilon, false);
    }
    case LayerKind::relu:
      return at::relu(input);
    case LayerKind::sigmoid:
      return at::sigmoid(input);
    case LayerKind::swish:
      return at::silu(input);
    case LayerKind::average_pool:
      return at::avg_pool2d(input, layer.kernel, layer.stride, layer.padding, false, false);
    case LayerKind::max_pool:
      return at::max_pool2d(input, layer.kernel, layer.stride, layer.padding);
    case LayerKind::sum: {
      at::Tensor total = input;
      for (std::size_t i = 1; i < inputs.size(); ++i) total = total + inputs[i];
      return total;
    }
    case LayerKind::concat:
      return at::cat(inputs, 1);
    case LayerKind::narrow:
      return input.narrow(1, layer.first_channel, layer.out.channels);
    case LayerKind::scale:
      return input * inputs[1];
    case LayerKind::resize:
      return at::upsample_bilinear2d(input, {layer.out.height, layer.out.width}, false);
    case LayerKind::zero:
      return input * 0;
    case LayerKind::global_average:
      return input.mean({2, 3}, /*keepdim=*/true);
    case LayerKind::linear:
      return at::linear(input.flatten(1), weights[0], weights[1]);
    case LayerKind::input:
      break;
  }
  throw std::logic_error("the images are not computed");
}

BaselinePass baseline_pass(const NetworkPlan& plan, const WeightSource& source,
                           const at::Tensor& images, const at::Tensor& labels, Counting counting) {
  const Weights weights = trainable_weights(plan, source);
  const std::vector<Tap> taps = plan.responses(counting);
  std::map<int, at::Tensor> watched;  // input of a tapped layer, by layer
  for (const Tap& tap : taps) {
    if (tap.side == Side::gradient) watched[tap.layer] = at::Tensor();
  }
  std::vector<at::Tensor> outputs{images};
  for (std::size_t i = 1; i < plan.layers.size(); ++i) {
    std::vector<at::Tensor> inputs;
    for (int input : plan.layers[i].inputs)
      inputs.push_back(outputs[static_cast<std::size_t>(input)]);
    if (const auto watch = watched.find(static_cast<int>(i)); watch != watched.end()) {
      // A separate view distinguishes this layer's gradient from those of its siblings.
      watch->second = inputs[0].view_as(inputs[0]);
      inputs[0] = watch->second;
    }
    outputs.push_back(baseline_layer(plan.layers[i], weights[i], inputs));
  }
  BaselinePass pass;
  pass.logits = outputs.back();
  const at::Tensor loss = at::cross_entropy_loss(pass.logits, labels);

  std::vector<at::Tensor> sources;
  for (const auto& entry : watched) sources.push_back(entry.second);
  for (const auto& layer : weights) sources.insert(sources.end(), layer.begin(), layer.end());
  const auto gradients =
      torch::autograd::grad({loss}, sources, {}, {}, false, /*allow_unused=*/true);
  std::map<int, at::Tensor> gradient_at;
  std::size_t next = 0;
  for (const auto& entry : watched) gradient_at[entry.first] = gradients[next++];

  for (const Tap& tap : taps) {
    const at::Tensor values = tap.side == Side::activation
                                  ? outputs[static_cast<std::size_t>(tap.layer)].detach()
                                  : gradient_at[tap.layer];
    if (values.defined()) pass.responses.push_back({tap, values});
  }
  return pass;
}

double baseline_wrcor(const BaselinePass& pass) {
  const std::int64_t samples = pass.logits.size(0);
  at::Tensor k = at::zeros({samples, samples}, at::kDouble);
  for (const BaselineResponse& response : pass.responses) {
    for (int i = 0; i < response.tap.multiplicity; ++i) {
      const at::Tensor matrix =
          at::corrcoef(response.values.cpu().to(at::kDouble).reshape({samples, -1})).abs();
      if (!matrix.isnan().any().item<bool>()) k += std::exp2(response.tap.unit) * matrix;
    }
  }
  return std::get<1>(at::slogdet(k)).item<double>();
}

}  // namespace wrcor
