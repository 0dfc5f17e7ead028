#include "train/trainable_network.h"

#include <ATen/core/grad_mode.h>

#include "support/autograd_network.h"
#include "support/catch.h"
#include "unit/train/support.h"

using namespace wrcor;
using Mode = TrainableNetwork::Mode;

namespace {

at::Tensor images() {
  at::manual_seed(5);
  return at::randn({6, 3, 32, 32});
}

}  // namespace

TEST_CASE("in training mode the logits are those of the network that is scored",
          "[train][network]") {
  TrainableNetwork network = test::small_network();
  const Network scored(test::small_plan(), WeightBank(1, Initialisation::standard, at::kCPU));
  CHECK(at::allclose(network.logits(images(), Mode::training),
                     test::differentiable_logits(scored, images()), 1e-5, 1e-5));
}

TEST_CASE("running statistics follow those of the batch", "[train][network]") {
  TrainableNetwork network = test::small_network();
  const auto before = network.state();
  CHECK(before.at("stem.1.running_mean").equal(at::zeros({4})));
  CHECK(before.at("stem.1.running_var").equal(at::ones({4})));
  network.logits(images(), Mode::training);
  const auto state = network.state();
  const at::Tensor stem = at::conv2d(images(), state.at("stem.0.weight"), {}, 1, 1);
  const at::Tensor values = stem.transpose(0, 1).flatten(1);  // a row per channel
  CHECK(at::allclose(state.at("stem.1.running_mean"), values.mean(1) * 0.1, 1e-4, 1e-6));
  CHECK(at::allclose(state.at("stem.1.running_var"), values.var(1, /*unbiased=*/true) * 0.1 + 0.9,
                     1e-4, 1e-6));
  CHECK(state.at("stem.1.num_batches_tracked").item<std::int64_t>() == 1);
}

TEST_CASE("in evaluation mode an image is seen as if it were alone", "[train][network]") {
  const at::NoGradGuard constant;
  TrainableNetwork network = test::small_network();
  for (int k = 0; k < 3; ++k) network.logits(images(), Mode::training);
  const auto state = network.state();
  const at::Tensor mean = state.at("lastact.0.running_mean").clone();
  const at::Tensor all = network.logits(images(), Mode::evaluation);
  const at::Tensor alone = network.logits(images().slice(0, 2, 3), Mode::evaluation);
  CHECK(at::allclose(all[2], alone[0], 1e-4, 1e-5));
  CHECK(network.state().at("lastact.0.running_mean").equal(mean));
  CHECK(state.at("lastact.0.num_batches_tracked").item<std::int64_t>() == 3);
}

TEST_CASE("every parameter on a path to the logits gets a gradient", "[train][network]") {
  TrainableNetwork network = test::small_network();
  network.logits(images(), Mode::training).square().sum().backward();
  for (std::size_t k = 0; k < network.parameters().size(); ++k) {
    INFO(network.parameter_names()[k]);
    const at::Tensor& gradient = network.parameters()[k].grad();
    REQUIRE(gradient.defined());
    CHECK(gradient.sizes() == network.parameters()[k].sizes());
  }
}

TEST_CASE("the state is a state dict of the published network", "[train][network]") {
  TrainableNetwork network = test::small_network(), other = test::small_network(2);
  network.logits(images(), Mode::training);
  const auto state = network.state();
  CHECK_NOTHROW(StateDict("state", state, test::small_plan(), at::kCPU));
  CHECK_FALSE(state.at("classifier.weight").requires_grad());
  other.load(state);
  for (const auto& [name, tensor] : other.state()) {
    INFO(name);
    CHECK(tensor.equal(state.at(name)));
    CHECK_FALSE(tensor.is_same(state.at(name)));
  }
  CHECK(other.parameters()[0].requires_grad());
}
