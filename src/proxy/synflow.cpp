// synflow, synflow_bn: sum of |W dS/dW| over the weights of convolution and linear layers, S the
// sum of all logits of the network with absolute parameters for an image of ones, in float64, in
// which networks that differ only in what passes ones unchanged have equal scores; without and with
// batch norm. Reaches 1e44 on networks of usual size, and 1e308 on those of 50 cells per stage,
// hence the additional logarithm. Source: Tanaka et al., arXiv 2006.05467.

#include <algorithm>
#include <numeric>
#include <vector>

#include "internal/factories.h"
#include "internal/observers.h"
#include "internal/structure.h"
#include "nn/readback.h"
#include "proxy/finite.h"

namespace wrcor {
namespace {

class Synflow final : public Proxy {
 public:
  explicit Synflow(NormMode norms) : norms_(norms) {}

  Requirements requirements() const override { return {}; }
  std::string_view own_passes() const override {
    return "forward and backward pass of one image of ones in float64";
  }

  Score score(const Observation& seen) const override {
    if (norms_ == NormMode::minibatch && norm_of_one_value(seen.plan()))
      return Score::not_applicable("batch_norm_of_one_value");
    const Network positive = seen.network().transformed(
        [](const at::Tensor& tensor) { return tensor.to(at::kDouble).abs(); });
    const at::Tensor& images = seen.images();
    WeightGradientObserver observer(positive);
    Pass pass(positive, norms_, {}, {{seen.plan().logits(), {&observer}}}, seen.activations());
    if (norms_ == NormMode::off && is_homogeneous(seen.plan())) pass.rescale_blocks();
    const at::Tensor logits = pass.forward(at::ones(
        {1, images.size(1), images.size(2), images.size(3)}, images.options().dtype(at::kDouble)));
    pass.backward(0, at::ones_like(logits), true);
    // The exponent, and the sum over each layer.
    std::vector<at::Tensor> terms{pass.exponent()};
    for (const auto& [layer, gradient] : observer.take())
      terms.push_back((positive.weights(layer).weight * gradient).abs().sum());
    const std::vector<double> values = values_of(terms);
    const double total = std::accumulate(values.begin() + 1, values.end(), 0.0);
    if (total == 0) return Score::degenerate("zero_gradient", 0);
    return Score::of_power(require_finite(total, "gradient"), static_cast<int>(values[0]));
  }

 private:
  /// Whether, without batch norm, a factor of what a block gives is one of the sum. Biases of the
  /// classifier do not matter, as no gradient depends on them.
  static bool is_homogeneous(const NetworkPlan& plan) {
    return std::none_of(plan.layers.begin(), plan.layers.end(), [](const Layer& layer) {
      const bool has_bias = layer.kind == LayerKind::convolution && layer.parameters.size() > 1;
      return has_bias || layer.kind == LayerKind::sigmoid || layer.kind == LayerKind::swish;
    });
  }
  NormMode norms_;
};

}  // namespace

std::unique_ptr<Proxy> make_synflow(const ProxyContext&) {
  return std::make_unique<Synflow>(NormMode::off);
}
std::unique_ptr<Proxy> make_synflow_bn(const ProxyContext&) {
  return std::make_unique<Synflow>(NormMode::minibatch);
}

}  // namespace wrcor
