#include "check.h"
#include "nn/exact_product.h"
#include "support/catch.h"

using namespace wrcor;

TEST_CASE("a linear layer reads its flattened input", "[nn][operators]") {
  for (const FeatureShape shape : {FeatureShape{43, 1, 1}, {5, 2, 3}}) {
    const test::OneLayer network({shape}, [](PlanBuilder& builder, const auto& inputs) {
      return builder.linear(inputs[0], 7, "classifier");
    });
    test::check_operator(network, [](const auto& inputs, const auto& weights) {
      return at::linear(inputs[0].flatten(1), weights.weight, weights.bias);
    });
  }
}

TEST_CASE("a product of the classifier is summed in float64", "[nn]") {
  // In float32, 1e8 + 1 is 1e8.
  const at::Tensor a = at::tensor({1e8F, 1.0F, -1e8F, 2.0F, 3.0F, 4.0F}).view({2, 3});
  const at::Tensor ones = at::ones({3, 1});
  const at::Tensor product = exact_product(a, ones);
  REQUIRE(product.scalar_type() == at::kFloat);
  REQUIRE(product.sizes() == at::IntArrayRef({2, 1}));
  CHECK(product[0].item<float>() == 1);
  CHECK(product[1].item<float>() == 9);

  const at::Tensor shifted = exact_product(a, ones, at::tensor({0.5F}));
  CHECK(shifted[0].item<float>() == 1.5F);
  CHECK(shifted[1].item<float>() == 9.5F);
}
