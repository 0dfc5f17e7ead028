#include "train/sgd.h"

#include <torch/optim/sgd.h>

#include "support/catch.h"

using namespace wrcor;

namespace {

at::Tensor leaf(const at::Tensor& values) { return values.clone().requires_grad_(); }

}  // namespace

TEST_CASE("two steps are those computed by hand", "[train][sgd]") {
  const at::Tensor parameter = leaf(at::ones({1}, at::kDouble));
  Sgd optimiser({parameter}, /*momentum=*/0.9, /*weight_decay=*/0.01);
  parameter.mutable_grad() = at::full({1}, 2.0, at::kDouble);
  optimiser.step(0.1);
  // d = 2 + 0.01 = 2.01 = v; 1 - 0.1 (2.01 + 0.9 * 2.01)
  CHECK(parameter.item<double>() == Approx(0.6181).epsilon(1e-12));
  CHECK_FALSE(parameter.grad().defined());
  parameter.mutable_grad() = at::full({1}, 1.0, at::kDouble);
  optimiser.step(0.1);
  // d = 1.006181; v = 0.9 * 2.01 + d = 2.815181; 0.6181 - 0.1 (d + 0.9 v)
  CHECK(parameter.item<double>() == Approx(0.26411561).epsilon(1e-12));
  CHECK(optimiser.velocities()[0].item<double>() == Approx(2.815181).epsilon(1e-12));
}

TEST_CASE("steps are those of libtorch's optimiser", "[train][sgd]") {
  at::manual_seed(3);
  const at::Tensor start = at::randn({4, 3}), other_start = at::randn({5});
  const std::vector<at::Tensor> mine{leaf(start), leaf(other_start)};
  const std::vector<at::Tensor> theirs{leaf(start), leaf(other_start)};
  Sgd optimiser(mine, 0.9, 5e-4);
  torch::optim::SGD reference(
      theirs, torch::optim::SGDOptions(0.1).momentum(0.9).weight_decay(5e-4).nesterov(true));
  for (int step = 0; step < 10; ++step) {
    for (std::size_t k = 0; k < mine.size(); ++k) {
      const at::Tensor gradient = at::randn(mine[k].sizes());
      mine[k].mutable_grad() = gradient.clone();
      theirs[k].mutable_grad() = gradient;
    }
    optimiser.step(0.1);
    reference.step();
  }
  for (std::size_t k = 0; k < mine.size(); ++k) CHECK(at::allclose(mine[k], theirs[k], 1e-6, 1e-6));
}

TEST_CASE("a parameter that nothing depended on decays", "[train][sgd]") {
  const at::Tensor parameter = leaf(at::ones({1}));
  Sgd(std::vector<at::Tensor>{parameter}, 0, 0.5).step(0.1);
  CHECK(parameter.item<float>() == Approx(0.95));
}
