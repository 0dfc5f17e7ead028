// grasp: - sum of W * (H g), g the gradients of the loss at all weights W of convolution and linear
// layers, H the Hessian: whether a gradient step keeps the gradient's norm. H is symmetric, so that
// this is - sum of g * (H W), and H W is the rate at which g changes while all W grow in
// proportion: a direction in which a layer's own part costs nothing. Values and rates pass through
// the network together, forward and backward. Source: Wang et al., arXiv 2002.07376.

#include <ATen/core/grad_mode.h>

#include <algorithm>

#include "core/at_index.h"
#include "internal/factories.h"
#include "nn/operator.h"
#include "nn/readback.h"
#include "proxy/finite.h"

namespace wrcor {
namespace {

/// A tensor, and the rate at which it changes; undefined for zero.
struct Changing {
  at::Tensor value;
  at::Tensor rate;

  void add(const Changing& other) {
    const auto sum = [](const at::Tensor& a, const at::Tensor& b) {
      return a.defined() && b.defined() ? a + b : (a.defined() ? a : b);
    };
    value = sum(value, other.value);
    rate = sum(rate, other.rate);
  }
};

/// The gradient at the logits of the mean softmax cross-entropy.
Changing loss_gradient(const Changing& logits, const at::Tensor& labels) {
  Changing gradient{cross_entropy_gradient(logits.value, labels), {}};
  const at::Tensor p = at::softmax(logits.value, 1);
  const at::Tensor mean = (p * logits.rate).sum(1, /*keepdim=*/true);
  gradient.rate = p * (logits.rate - mean) / static_cast<double>(labels.size(0));
  return gradient;
}

/// A network in minibatch mode while all weights W grow.
class GrowingNetwork {
 public:
  explicit GrowingNetwork(const Network& network)
      : network_(network),
        plan_(network.plan()),
        outputs_(plan_.layers.size()),
        norms_(plan_.layers.size()) {}

  const Changing& forward(const at::Tensor& images) {
    outputs_[0].value = images.is_cpu() && images.scalar_type() == at::kFloat
                            ? images.contiguous(at::MemoryFormat::ChannelsLast)
                            : images;
    for (std::size_t i = 1; i < plan_.layers.size(); ++i) run_layer(i);
    return outputs_.back();
  }

  /// @param gradient  at the logits
  /// @return the sum over each layer of g times its rate, float64
  std::vector<at::Tensor> backward(const Changing& gradient) {
    std::vector<Changing> gradients(plan_.layers.size());
    gradients.back() = gradient;
    for (std::size_t i = plan_.layers.size(); i-- > 1;) {
      if (gradients[i].value.defined()) step_back(i, gradients);
      gradients[i] = {};
      outputs_[i] = {};
    }
    return std::move(terms_);
  }

 private:
  static bool has_growing_weight(const Layer& layer) {
    return layer.kind == LayerKind::convolution || layer.kind == LayerKind::linear;
  }

  /// The values of the inputs of a layer, or their rates, zero or not.
  std::vector<at::Tensor> values_at(const Layer& layer) const {
    std::vector<at::Tensor> all;
    for (const int input : layer.inputs) all.push_back(outputs_[at_index(input)].value);
    return all;
  }
  std::vector<at::Tensor> rates_at(const Layer& layer) const {
    std::vector<at::Tensor> all;
    for (const int input : layer.inputs) {
      const Changing& its = outputs_[at_index(input)];
      all.push_back(its.rate.defined() ? its.rate : at::zeros_like(its.value));
    }
    return all;
  }
  bool changes(const Layer& layer) const {
    return std::ranges::any_of(
        layer.inputs, [this](int input) { return outputs_[at_index(input)].rate.defined(); });
  }

  void run_layer(std::size_t i) {
    const Layer& layer = plan_.layers[i];
    const Operator& its = operator_of(layer.kind);
    const Network::LayerWeights& weights = network_.weights(static_cast<int>(i));
    const std::vector<at::Tensor> inputs = values_at(layer);
    const ForwardStep step{
        .layer = layer, .weights = weights, .inputs = inputs, .statistics = &norms_[i]};
    outputs_[i].value = its.forward(step);
    if (has_growing_weight(layer)) {
      // W * x becomes W * x' + W' * x, and W' = W.
      Changing input = outputs_[at_index(layer.inputs.front())];
      input.add({input.rate, {}});
      outputs_[i].rate = its.forward(
          {.layer = layer, .weights = {weights.weight, {}}, .inputs = {&input.value, 1}});
    } else if (changes(layer)) {
      outputs_[i].rate = its.rate(step, rates_at(layer));
    }
  }

  void step_back(std::size_t i, std::vector<Changing>& gradients) {
    const Layer& layer = plan_.layers[i];
    const Changing& gradient = gradients[i];
    std::vector<FeatureShape> shapes;
    for (const int input : layer.inputs) shapes.push_back(plan_.layers[at_index(input)].out);
    const std::vector<at::Tensor> inputs = values_at(layer);
    const BackwardStep step{.layer = layer,
                            .weights = network_.weights(static_cast<int>(i)),
                            .gradient = gradient.value,
                            .shapes = shapes,
                            .inputs = inputs,
                            .output = outputs_[i].value,
                            .statistics = &norms_[i]};
    if (has_growing_weight(layer)) {
      pass_weight(step, gradient, gradients);
      return;
    }
    const Operator& its = operator_of(layer.kind);
    if (!its.passes_gradient()) return;
    const std::vector<at::Tensor> rates = rates_at(layer);
    const at::Tensor rate =
        gradient.rate.defined() ? gradient.rate : at::zeros_like(gradient.value);
    for (std::size_t k = 0; k < layer.inputs.size(); ++k) {
      gradients[at_index(layer.inputs[k])].add(
          {its.input_gradient(step, k), its.input_gradient_rate(step, rate, rates, k)});
    }
  }

  void pass_weight(const BackwardStep& step, const Changing& gradient,
                   std::vector<Changing>& gradients) {
    const Operator& its = operator_of(step.layer.kind);
    const std::size_t input = at_index(step.layer.inputs.front());
    const Changing& read = outputs_[input];
    const auto at_input = [&](const at::Tensor& weight, const at::Tensor& at_output) {
      return its.input_gradient({.layer = step.layer,
                                 .weights = {weight, {}},
                                 .gradient = at_output,
                                 .shapes = step.shapes},
                                0);
    };
    // The rate of g is that of the product of input and gradient: with a weight in the place of g,
    // its product with g is one of the input and the gradient that such a weight passes.
    const at::Tensor g = its.weight_gradient(step);
    constexpr double least = 1e-38;  // in range whatever the size of g
    const at::Tensor size = g.abs().max().clamp_min(least), unit = g / size;
    at::Tensor term = at::zeros({}, g.options().dtype(at::kDouble));
    if (gradient.rate.defined())
      term = term + (read.value * at_input(unit, gradient.rate)).sum(at::kDouble);
    if (read.rate.defined())
      term = term + (read.rate * at_input(unit, gradient.value)).sum(at::kDouble);
    terms_.push_back(term * size);
    if (input == 0) return;
    Changing passed = gradient;
    passed.add({{}, gradient.value});
    gradients[input].add({at_input(step.weights.weight, gradient.value),
                          at_input(step.weights.weight, passed.rate)});
  }

  const Network& network_;
  const NetworkPlan& plan_;
  std::vector<Changing> outputs_;      ///< by layer
  std::vector<BatchNormState> norms_;  ///< by layer
  std::vector<at::Tensor> terms_;
};

class Grasp final : public Proxy {
 public:
  Requirements requirements() const override { return {}; }
  std::string_view own_passes() const override {
    return "forward and backward pass of the loss, and of their rates of change";
  }

  Score score(const Observation& seen) const override {
    const at::NoGradGuard no_grad;
    GrowingNetwork network(seen.network());
    const Changing& logits = network.forward(seen.images());
    double total = 0;
    for (const double term : values_of(network.backward(loss_gradient(logits, seen.labels()))))
      total -= require_finite(term, "gradient");
    if (total == 0) return Score::degenerate("zero_gradient", 0);
    return Score::of(total);
  }
};

}  // namespace

std::unique_ptr<Proxy> make_grasp(const ProxyContext&) { return std::make_unique<Grasp>(); }

}  // namespace wrcor
