// grasp: - sum of W * (H g), g the gradients of the loss at all weights of convolution and linear
// layers, H the Hessian: whether a gradient step keeps the gradient's norm. The only proxy that
// differentiates a gradient, by autograd.
// Source: Wang et al., arXiv 2002.07376.

#include <ATen/core/grad_mode.h>
#include <torch/csrc/autograd/autograd.h>

#include "internal/factories.h"
#include "nn/autograd_network.h"
#include "nn/readback.h"
#include "proxy/finite.h"

namespace wrcor {
namespace {

class Grasp final : public Proxy {
 public:
  Requirements requirements() const override { return {}; }
  std::string_view own_passes() const override {
    return "forward, backward and second backward pass of the loss by autograd";
  }

  Score score(const Observation& seen) const override {
    const at::AutoGradMode with_gradients(true);
    std::vector<at::Tensor> weights;
    const Network leaves = seen.network().transformed(
        [](const at::Tensor& tensor) { return tensor.detach().requires_grad_(); });
    for (const int layer : leaves.weight_layers()) weights.push_back(leaves.weights(layer).weight);
    const at::Tensor logits = differentiable_logits(leaves, seen.images());
    const at::Tensor loss = at::cross_entropy_loss(logits, seen.labels());
    const auto gradients = derive(loss, weights, /*again=*/true);
    at::Tensor z = at::zeros({}, loss.options());
    for (const at::Tensor& gradient : gradients) {
      if (gradient.defined()) z = z + (gradient.detach() * gradient).sum();
    }
    std::vector<at::Tensor> seconds, sums;
    if (z.requires_grad()) {
      const auto products = derive(z, weights, /*again=*/false);
      for (std::size_t i = 0; i < weights.size(); ++i) {
        if (!products[i].defined()) continue;
        seconds.push_back(products[i]);
        sums.push_back((weights[i].detach() * products[i]).sum(at::kDouble));
      }
    }
    require_finite(seconds, "gradient");
    double total = 0;
    for (const double sum : values_of(sums)) total -= sum;
    if (total == 0) return Score::degenerate("zero_gradient", 0);
    return Score::of(total);
  }

 private:
  static std::vector<at::Tensor> derive(const at::Tensor& of,
                                        const std::vector<at::Tensor>& weights, bool again) {
    return torch::autograd::grad({of}, weights, {}, /*retain_graph=*/again, /*create_graph=*/again,
                                 /*allow_unused=*/true);
  }
};

}  // namespace

std::unique_ptr<Proxy> make_grasp(const ProxyContext&) { return std::make_unique<Grasp>(); }

}  // namespace wrcor
