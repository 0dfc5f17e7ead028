// vkdnw: T + H. T: number of trainable tensors. H: entropy of the spectrum of the Fisher
// information F of the first weight of each tensor, of the first 128 tensors: how evenly the
// weights can be known. F = mean over images of (L J)^T (L J), J the Jacobian of the image's logits
// at those weights, L lower triangular with L L^T = diag(p) - p p^T, p = .95 softmax(logits) + .05
// / classes. H = - sum t ln(t + 1e-10), t = r / (sum r + 1e-10), r the quantiles .1, .2, ... .9 of
// the singular values of F. The paper has L^T where the published code, and this, has L. Of
// standard normal noise of the minibatch's shape, as published, or of its images, in evaluation
// mode with fresh batch-norm statistics. Images do not affect each other there, so a backward pass
// from a logit gives its derivatives for all images. The scale of the weights, from which batch
// norm protects other proxies, matters: every weight is scaled to the root mean square of the
// published initialisation, Kaiming's, whatever distribution it was drawn from. Source: Tybl and
// Neumann, CVPR 2025, arXiv 2502.04975.

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <stdexcept>

#include "internal/factories.h"
#include "internal/observers.h"
#include "internal/structure.h"
#include "proxy/finite.h"

namespace wrcor {
namespace {

constexpr std::int64_t most_tensors = 128;

/// A weight with the root mean square sqrt(2 / fan_in); biases and batch norms as they are.
at::Tensor kaiming_scaled(const at::Tensor& tensor) {
  if (tensor.dim() < 2) return tensor;
  const at::Tensor squares = tensor.to(at::kDouble).square().sum();
  constexpr double least = 1e-60;  // a weight of zeros stays one
  return tensor * (2.0 * static_cast<double>(tensor.size(0)) / squares.clamp_min(least)).sqrt();
}

/// The derivatives of a sweep's logit, of every image, at the first element of each of the first
/// tensors.
class FirstWeightObserver final : public PassObserver {
 public:
  explicit FirstWeightObserver(const NetworkPlan& plan) : plan_(plan) {
    for (std::size_t i = 0; i < plan.layers.size() && tensors_ < most_tensors; ++i) {
      const Layer& layer = plan.layers[i];
      if (layer.parameters.empty()) continue;
      rows_[static_cast<int>(i)] = tensors_;
      read_.insert(source(layer));
      tensors_ += static_cast<std::int64_t>(layer.parameters.size());
    }
    tensors_ = std::min(tensors_, most_tensors);
  }

  Interest interest(int layer) const override {
    return {.output = read_.contains(layer), .output_gradient = rows_.contains(layer)};
  }

  void output(int layer, const at::Tensor& output) override {
    first_channels_[layer] = output.select(1, 0).contiguous();
  }

  void output_gradient(int layer, const at::Tensor& gradient) override {
    const at::Tensor first = gradient.select(1, 0);
    const Layer& its = layer_at(layer);
    const std::int64_t row = rows_.at(layer);
    put(row, first * factor(its));
    if (its.parameters.size() > 1) put(row + 1, first);
  }

  /// Before a sweep.
  void start(const at::Tensor& logits) {
    derivatives_ = at::zeros({tensors_, logits.size(0)}, logits.options().dtype(at::kDouble));
  }
  /// [tensors, N] float64; zeros where no gradient reached a tensor.
  const at::Tensor& derivatives() const { return derivatives_; }

 private:
  const Layer& layer_at(int layer) const { return plan_.layers[static_cast<std::size_t>(layer)]; }

  /// The layer whose output the first weight multiplies, perhaps after a ReLU.
  int source(const Layer& layer) const {
    return layer.kind == LayerKind::batch_norm ? layer.inputs.front()
                                               : weight_gradient_source(plan_, layer);
  }

  /// What the first weight multiplies for each value of the first output channel.
  at::Tensor factor(const Layer& layer) const {
    const int from = source(layer);
    const at::Tensor& output = first_channels_.at(from);
    const at::Tensor input = from == layer.inputs.front() ? output : at::relu(output);
    switch (layer.kind) {
      case LayerKind::convolution:
        return at_first_tap(input, layer);
      case LayerKind::batch_norm:
        return input / std::sqrt(1 + layer.epsilon);
      case LayerKind::linear:
        return input.flatten(1).select(1, 0);
      default:
        throw std::logic_error("a layer of this kind has no weights");
    }
  }

  /// @param input  [N, H, W], the first channel
  /// @return the values under the upper left weight of a kernel, by position of the output
  static at::Tensor at_first_tap(const at::Tensor& input, const Layer& layer) {
    const at::Tensor padded = at::constant_pad_nd(input, {layer.padding, 0, layer.padding, 0});
    const auto extent = [&](int outputs) { return std::int64_t{outputs - 1} * layer.stride + 1; };
    return padded.slice(1, 0, extent(layer.out.height), layer.stride)
        .slice(2, 0, extent(layer.out.width), layer.stride);
  }

  void put(std::int64_t row, const at::Tensor& products) {
    if (row < tensors_)
      derivatives_[row].copy_(products.reshape({products.size(0), -1}).sum(1, false, at::kDouble));
  }

  const NetworkPlan& plan_;
  std::map<int, std::int64_t> rows_;  ///< of a layer's first tensor, by layer
  std::set<int> read_;
  std::int64_t tensors_ = 0;
  std::map<int, at::Tensor> first_channels_;  ///< [N, H, W], by layer
  at::Tensor derivatives_;
};

/// L with L L^T = diag(p) - p p^T: with q_k = 1 - p_1 - ... - p_k and s_k = sqrt(p_k q_k /
/// q_(k-1)), L_kk = s_k and L_jk = - s_k p_j / q_k for j > k.
/// @param p  [N, classes] float64, positive, of sum 1
/// @return [N, classes, classes]
at::Tensor covariance_factor(const at::Tensor& p) {
  const std::int64_t classes = p.size(1);
  at::Tensor q = 1 - p.cumsum(1);
  q.select(1, classes - 1).zero_();
  const at::Tensor before =
      at::cat({at::ones({p.size(0), 1}, p.options()), q.narrow(1, 0, classes - 1)}, 1);
  const at::Tensor s = (p * q / before).sqrt();
  const at::Tensor ratios = (p.unsqueeze(2) / q.unsqueeze(1)).tril(-1);
  return (at::eye(classes, p.options()) - ratios) * s.unsqueeze(1);
}

/// F. @param jacobians  [classes, tensors, N] float64
/// @param logits  [N, classes] float64
at::Tensor fisher_information(const at::Tensor& jacobians, const at::Tensor& logits) {
  const at::Tensor p = .95 * logits.softmax(1) + .05 / static_cast<double>(logits.size(1));
  const at::Tensor rows =
      at::matmul(covariance_factor(p), jacobians.permute({2, 0, 1})).flatten(0, 1);
  return at::mm(rows.t(), rows) / static_cast<double>(logits.size(0));
}

double quantile_entropy(const at::Tensor& spectrum) {
  const at::Tensor r = at::quantile(spectrum, at::arange(1, 10, at::kDouble) / 10);
  const at::Tensor t = r / (r.sum() + 1e-10);
  return -(t * (t + 1e-10).log()).sum().item<double>();
}

class Vkdnw final : public Proxy {
 public:
  explicit Vkdnw(ProxyInput input) : input_(input) {}

  Requirements requirements() const override { return {}; }
  std::string_view own_passes() const override {
    return "forward pass of noise in evaluation mode, a backward pass for each logit";
  }

  Score score(const Observation& seen) const override {
    const NetworkPlan& plan = seen.plan();
    const Network scaled = seen.network().transformed(kaiming_scaled);
    FirstWeightObserver observer(plan);
    Pass pass(scaled, NormMode::initial, {&observer}, {{plan.logits(), {&observer}}},
              seen.activations());
    const at::Tensor logits = pass.forward(images_for(input_, seen));
    std::vector<at::Tensor> jacobians;
    const std::int64_t classes = logits.size(1);
    for (std::int64_t k = 0; k < classes; ++k) {
      at::Tensor one = at::zeros_like(logits);
      one.select(1, k).fill_(1);
      observer.start(logits);
      pass.backward(0, one, k + 1 == classes);
      jacobians.push_back(observer.derivatives());
    }
    const at::Tensor spectrum = singular_values(
        fisher_information(at::stack(jacobians).cpu(), logits.cpu().to(at::kDouble)), "gradient");
    const double tensors = static_cast<double>(trainable_tensors(plan));
    if (spectrum[0].item<double>() == 0) return Score::degenerate("zero_gradient", tensors);
    return Score::of(tensors + quantile_entropy(spectrum));
  }

 private:
  ProxyInput input_;
};

}  // namespace

std::unique_ptr<Proxy> make_vkdnw(const ProxyContext& context) {
  return std::make_unique<Vkdnw>(context.input);
}

}  // namespace wrcor
