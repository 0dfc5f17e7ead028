#include "space/plan_builder.h"

#include <stdexcept>

#include "support/catch.h"

namespace wrcor {
namespace {

TEST_CASE("a plan works out shapes, tensors and costs", "[space][plan]") {
  PlanBuilder builder;
  const int images = builder.input({3, 9, 6});
  const int first = builder.convolution(images, 8, PlanBuilder::Window::same(3, 2), "first");
  CHECK(builder.shape(first) == FeatureShape{8, 5, 3});
  const int grouped = builder.convolution(first, 16, PlanBuilder::Window::same(3), "grouped",
                                          {.groups = 4, .bias = true});
  const int norm = builder.batch_norm(grouped, "norm", 1e-3);
  const int squeezed = builder.global_average(norm, "squeezed");
  const int factors = builder.unary(LayerKind::sigmoid, squeezed, "factors");
  const int scaled = builder.scale(norm, factors, "scaled");
  const int half = builder.narrow(scaled, 5, 7, "half");
  const int joined = builder.concat({half, first}, "joined");
  CHECK(builder.shape(joined) == FeatureShape{15, 5, 3});
  CHECK(builder.shape(builder.max_pool(joined, {2, 2, 0}, "pool")) == FeatureShape{15, 2, 1});
  CHECK(builder.shape(builder.resize(images, 4, 8, "resized")) == FeatureShape{3, 4, 8});
  builder.linear(builder.global_average(joined, "pooled"), 10, "classifier");
  const NetworkPlan plan = std::move(builder).take();

  CHECK(plan.layers[grouped].parameters[0].shape == std::vector<std::int64_t>{16, 2, 3, 3});
  CHECK(plan.layers[grouped].parameters[0].fan_in == 18);
  CHECK(plan.layers[grouped].parameters[1].name == "grouped.bias");
  CHECK(plan.layers[norm].epsilon == 1e-3);
  REQUIRE(plan.layers[norm].buffers.size() == 3);
  CHECK(plan.layers[norm].buffers[2].name == "norm.num_batches_tracked");
  // Weights and biases of two convolutions, the batch norm, the classifier.
  CHECK(plan.params() == 8 * 27 + (16 * 18 + 16) + 2 * 16 + (15 * 10 + 10));
  CHECK(plan.flops() == 15 * (8 * 27 + 16 * 18) + 15 * 10);
}

TEST_CASE("a plan refuses what does not fit", "[space][plan]") {
  PlanBuilder builder;
  const int images = builder.input({3, 4, 4}), other = builder.input({3, 4, 2});
  const auto refusal = [](const auto& add) -> std::string {
    try {
      add();
    } catch (const std::logic_error& error) {
      return error.what();
    }
    return "accepted";
  };
  CHECK(refusal([&] {
          builder.sum({images, other}, "s");
        }) == "layer s of a network does not fit: its inputs differ in shape");
  CHECK(refusal([&] {
          builder.concat({images, other}, "c");
        }) == "layer c of a network does not fit: its inputs differ in size");
  CHECK(refusal([&] { builder.narrow(images, 2, 2, "n"); }) ==
        "layer n of a network does not fit: its input lacks the channels");
  CHECK(refusal([&] { builder.scale(images, other, "x"); }) ==
        "layer x of a network does not fit: its factors are not one a channel");
  CHECK(refusal([&] {
          builder.convolution(images, 4, {5, 1, 0}, "k");
        }) == "layer k of a network does not fit: its kernel is larger than its input");
  CHECK(refusal([&] { builder.convolution(images, 4, {}, "g", {.groups = 2}); }) ==
        "layer g of a network does not fit: its groups do not divide its channels");
}

TEST_CASE("responses of one tensor in one unit are one tap", "[space][plan]") {
  PlanBuilder builder;
  const int images = builder.input({3, 4, 4});
  builder.tap_gradient(Counting::paper, images, 1);
  builder.tap_activation(Counting::paper, images, 1, 2);
  builder.tap_activation(Counting::paper, images, 0);
  builder.tap_activation(Counting::paper, images, 1);
  const NetworkPlan plan = std::move(builder).take();
  const std::vector<Tap> expected{{images, Side::activation, 0, 1},
                                  {images, Side::activation, 1, 3},
                                  {images, Side::gradient, 1, 1}};
  CHECK((plan.responses(Counting::paper) == expected));
  CHECK(plan.responses(Counting::reference).empty());
}

}  // namespace
}  // namespace wrcor
