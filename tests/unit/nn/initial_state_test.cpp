#include "nn/initial_state.h"

#include "nn/draws.h"
#include "support/catch.h"
#include "wrcor/space/nas_bench_201.h"

namespace wrcor {
namespace {

TEST_CASE("an initial state is a whole state dict with fresh statistics", "[nn][initial_state]") {
  const NasBench201 space({4, 1, 10, 8, 8});
  const NetworkPlan plan = space.plan(space.at(7777));
  const WeightBank bank(3, Initialisation::kaiming, at::kCPU);
  const auto state = initial_state(plan, bank);
  CHECK_NOTHROW(StateDict("", state, plan, at::kCPU));
  CHECK(state.at("stem.0.weight").is_same(bank.get(plan.layers[1].parameters.front())));
  CHECK(at::equal(state.at("stem.1.running_mean"), at::zeros({4})));
  CHECK(at::equal(state.at("stem.1.running_var"), at::ones({4})));
  CHECK(state.at("stem.1.num_batches_tracked").item<std::int64_t>() == 0);
}

TEST_CASE("only independent weights are drawn for an architecture", "[nn][draws]") {
  constexpr auto shared = WeightsMode::shared, independent = WeightsMode::independent;
  CHECK(weights_seed(1, 0, shared, "a") == weights_seed(1, 0, shared, "b"));
  CHECK(weights_seed(1, 0, independent, "a") != weights_seed(1, 0, independent, "b"));
  CHECK(weights_seed(1, 0, shared, "a") != weights_seed(1, 1, shared, "a"));
  CHECK(weights_seed(1, 0, shared, "a") != weights_seed(2, 0, shared, "a"));
  CHECK(weights_seed(1, 0, shared, "a") != noise_seed(1, 0, shared, "a"));
}

}  // namespace
}  // namespace wrcor
