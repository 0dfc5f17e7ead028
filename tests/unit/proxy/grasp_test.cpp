#include <torch/csrc/autograd/autograd.h>

#include "support/autograd_network.h"
#include "support/catch.h"
#include "unit/proxy/support.h"

using namespace wrcor;

namespace {

/// - sum of W * (H g), by autograd in float64.
double by_autograd(const test::Subject& subject) {
  const Network leaves = Network(subject.plan, *subject.source).transformed([](const auto& tensor) {
    return tensor.to(at::kDouble).detach().clone().requires_grad_();
  });
  std::vector<at::Tensor> weights;
  for (const int layer : leaves.weight_layers()) weights.push_back(leaves.weights(layer).weight);
  const at::Tensor loss = at::cross_entropy_loss(
      test::differentiable_logits(leaves, subject.images.to(at::kDouble)), subject.labels);
  at::Tensor z = at::zeros({}, at::kDouble);
  for (const at::Tensor& g : torch::autograd::grad({loss}, weights, {}, true, true, true)) {
    if (g.defined()) z = z + (g.detach() * g).sum();
  }
  const auto products = torch::autograd::grad({z}, weights, {}, {}, false, true);
  double total = 0;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    if (products[i].defined()) total -= (weights[i].detach() * products[i]).sum().item<double>();
  }
  return total;
}

}  // namespace

TEST_CASE("grasp is the product of the Hessian that autograd computes", "[proxy][grasp]") {
  for (const test::Subject& subject : test::subjects()) {
    INFO(subject.name);
    const double expected = by_autograd(subject);
    CHECK(*subject.score("grasp", ProxyInput::published, at::kDouble).value ==
          Approx(expected).epsilon(1e-8));
    if (subject.keeps_digits)
      CHECK(*subject.score("grasp").value == Approx(expected).epsilon(1e-4));
  }
}
