#include <ATen/ATen.h>

#include <stdexcept>

#include "wrcor/nn/network.h"

namespace wrcor {
namespace {

std::size_t at_index(int layer) { return static_cast<std::size_t>(layer); }

/// Taps by layer, and what each layer's tensors are needed for.
struct Schedule {
  Schedule(const NetworkPlan& plan, std::span<const Tap> taps)
      : activation_taps(plan.layers.size()),
        gradient_taps(plan.layers.size()),
        last_reader(plan.layers.size(), -1),
        reached(plan.layers.size(), false),
        keep(plan.layers.size(), false) {
    for (const Tap& tap : taps) {
      (tap.side == Side::activation ? activation_taps : gradient_taps)[at_index(tap.layer)]
          .push_back(tap);
    }
    for (std::size_t i = 0; i < plan.layers.size(); ++i) {
      reached[i] = !gradient_taps[i].empty();
      for (int input : plan.layers[i].inputs) {
        reached[i] = reached[i] || reached[at_index(input)];
        last_reader[at_index(input)] = static_cast<int>(i);
      }
      if (reached[i]) keep_for_backward(plan, i);
    }
    backward = reached.back();
  }

  void keep_for_backward(const NetworkPlan& plan, std::size_t i) {
    const Layer& layer = plan.layers[i];
    if (layer.kind == LayerKind::relu || layer.kind == LayerKind::average_pool) {
      keep[at_index(layer.inputs.front())] = true;
    }
    if (layer.kind == LayerKind::convolution) keep[at_index(shape_source(plan, layer))] = true;
  }

  /// The backward pass of a convolution reads its input's sizes only: the tensor before a ReLU,
  /// which is kept anyway, serves as well as the one behind it.
  static int shape_source(const NetworkPlan& plan, const Layer& convolution) {
    const int input = convolution.inputs.front();
    const Layer& producer = plan.layers[at_index(input)];
    return producer.kind == LayerKind::relu ? producer.inputs.front() : input;
  }

  std::vector<std::vector<Tap>> activation_taps;  ///< of the layer's output
  std::vector<std::vector<Tap>> gradient_taps;    ///< of the gradient at the layer's input
  std::vector<int> last_reader;                   ///< -1: nothing reads the layer's output
  std::vector<char> reached;  ///< whether the backward pass goes through the layer
  std::vector<char> keep;     ///< whether the backward pass needs the layer's output
  bool backward = false;
};

class Pass {
 public:
  Pass(const Network& network, std::span<const Tap> taps, ResponseRecorder& recorder)
      : network_(network),
        plan_(network.plan()),
        schedule_(plan_, taps),
        recorder_(recorder),
        outputs_(plan_.layers.size()),
        norms_(plan_.layers.size()),
        gradients_(plan_.layers.size()) {}

  at::Tensor forward(const at::Tensor& images) {
    outputs_[0] = images;
    for (std::size_t i = 1; i < plan_.layers.size(); ++i) {
      outputs_[i] = output(i);
      if (!schedule_.activation_taps[i].empty())
        recorder_.record(outputs_[i], schedule_.activation_taps[i]);
      release_after(i);
    }
    return outputs_.back();
  }

  double backward(const at::Tensor& logits, const at::Tensor& labels) {
    const at::Tensor log_probabilities = at::log_softmax(logits, 1);
    const at::Tensor chosen = labels.unsqueeze(1);
    const auto samples = static_cast<double>(logits.size(0));
    gradients_.back() =
        (log_probabilities.exp() - at::zeros_like(logits).scatter_(1, chosen, 1.0)) / samples;
    for (std::size_t i = plan_.layers.size(); i-- > 1;) {
      if (schedule_.reached[i]) step_back(i);
      gradients_[i].reset();
      outputs_[i].reset();
      norms_[i] = {};
    }
    return -log_probabilities.gather(1, chosen).mean().item<double>();
  }

  bool wants_backward() const { return schedule_.backward; }

 private:
  at::Tensor output(std::size_t i) {
    const Layer& layer = plan_.layers[i];
    const Network::LayerWeights& weights = network_.weights(static_cast<int>(i));
    const at::Tensor& input = outputs_[at_index(layer.inputs.front())];
    switch (layer.kind) {
      case LayerKind::convolution:
        return at::conv2d(input, weights.weight, {}, layer.stride, layer.padding);
      case LayerKind::batch_norm:
        return batch_norm(input, weights.weight, weights.bias, norms_[i]);
      case LayerKind::relu:
        return at::relu(input);
      case LayerKind::average_pool:
        return at::avg_pool2d(input, layer.kernel, layer.stride, layer.padding, /*ceil_mode=*/false,
                              /*count_include_pad=*/false);
      case LayerKind::sum: {
        at::Tensor total = input + outputs_[at_index(layer.inputs[1])];
        for (std::size_t j = 2; j < layer.inputs.size(); ++j)
          total.add_(outputs_[at_index(layer.inputs[j])]);
        return total;
      }
      case LayerKind::zero:
        return at::zeros_like(input);
      case LayerKind::global_average:
        return input.mean({2, 3});
      case LayerKind::linear:
        return at::linear(input, weights.weight, weights.bias);
      case LayerKind::input:
        break;
    }
    throw std::logic_error("the input layer makes nothing");
  }

  void release_after(std::size_t i) {
    for (int input : plan_.layers[i].inputs) {
      const std::size_t j = at_index(input);
      if (schedule_.last_reader[j] == static_cast<int>(i) && !schedule_.keep[j])
        outputs_[j].reset();
    }
    const bool dead_end = schedule_.last_reader[i] < 0 && i + 1 < plan_.layers.size();
    if (dead_end) outputs_[i].reset();
    if (dead_end || !schedule_.reached[i]) norms_[i] = {};
  }

  void step_back(std::size_t i) {
    if (!gradients_[i].defined()) return;  // nothing behind this layer reaches the loss
    const std::vector<Tap>& taps = schedule_.gradient_taps[i];
    const Layer& layer = plan_.layers[i];
    const at::Tensor gradient = input_gradient(i);
    if (!gradient.defined()) return;
    if (!taps.empty()) recorder_.record(gradient, taps);
    for (int input : layer.inputs) {
      if (!schedule_.reached[at_index(input)]) continue;
      at::Tensor& total = gradients_[at_index(input)];
      total = total.defined() ? total + gradient : gradient;
    }
  }

  /// Gradient of the loss at the input of layer i (at
  /// each input of a sum); undefined where none passes.
  at::Tensor input_gradient(std::size_t i) const {
    const Layer& layer = plan_.layers[i];
    const at::Tensor& gradient = gradients_[i];
    const Network::LayerWeights& weights = network_.weights(static_cast<int>(i));
    const auto input = [&] { return outputs_[at_index(layer.inputs.front())]; };
    switch (layer.kind) {
      case LayerKind::convolution: {
        const int source = Schedule::shape_source(plan_, layer);
        return std::get<0>(at::convolution_backward(
            gradient, outputs_[at_index(source)], weights.weight, at::OptionalIntArrayRef(),
            {layer.stride, layer.stride}, {layer.padding, layer.padding}, {1, 1},
            /*transposed=*/false, {0, 0}, /*groups=*/1, {true, false, false}));
      }
      case LayerKind::batch_norm:
        return batch_norm_backward(gradient, weights.weight, norms_[i]);
      case LayerKind::relu:
        return at::threshold_backward(gradient, input(), 0);
      case LayerKind::average_pool:
        return at::avg_pool2d_backward(gradient, input(), {layer.kernel, layer.kernel},
                                       {layer.stride, layer.stride}, {layer.padding, layer.padding},
                                       /*ceil_mode=*/false, /*count_include_pad=*/false, {});
      case LayerKind::sum:
        return gradient;
      case LayerKind::zero:
        return {};
      case LayerKind::global_average: {
        const FeatureShape& shape = plan_.layers[at_index(layer.inputs.front())].out;
        const double area = static_cast<double>(shape.height) * shape.width;
        return (gradient / area)
            .view({gradient.size(0), shape.channels, 1, 1})
            .expand({-1, -1, shape.height, shape.width})
            .contiguous(at::MemoryFormat::ChannelsLast);
      }
      case LayerKind::linear:
        return at::mm(gradient, weights.weight);
      case LayerKind::input:
        break;
    }
    throw std::logic_error("the backward pass reached the input layer");
  }

  const Network& network_;
  const NetworkPlan& plan_;
  Schedule schedule_;
  ResponseRecorder& recorder_;
  std::vector<at::Tensor> outputs_;
  std::vector<BatchNormState> norms_;
  std::vector<at::Tensor> gradients_;  ///< of the loss at each layer's output
};

}  // namespace

PassResult run_pass(const Network& network, const at::Tensor& images, const at::Tensor& labels,
                    std::span<const Tap> taps, ResponseRecorder& recorder) {
  const at::NoGradGuard no_grad;
  Pass pass(network, taps, recorder);
  // Channels-last is the layout that both oneDNN and cuDNN are fastest in; every layer keeps it.
  PassResult result;
  result.logits = pass.forward(images.contiguous(at::MemoryFormat::ChannelsLast));
  if (pass.wants_backward()) result.loss = pass.backward(result.logits, labels);
  return result;
}

}  // namespace wrcor
