#include "check.h"
#include "support/catch.h"

using namespace wrcor;
using test::check_operator;
using test::OneLayer;

TEST_CASE("a sum of several inputs hands its gradient to each", "[nn][operators]") {
  const FeatureShape shape{43, 3, 2};
  const OneLayer network({shape, shape, shape}, [](PlanBuilder& builder, const auto& inputs) {
    return builder.sum(inputs, "sum");
  });
  check_operator(network, [](const auto& inputs, const auto&) {
    return at::stack({inputs[0], inputs[1], inputs[2]}).sum(0);
  });
}
