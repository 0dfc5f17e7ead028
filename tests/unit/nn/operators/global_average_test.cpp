#include "check.h"
#include "support/catch.h"

using namespace wrcor;
using test::check_operator;
using test::OneLayer;

TEST_CASE("a global average and its gradient", "[nn][operators]") {
  for (const FeatureShape shape : {FeatureShape{43, 5, 3}, {8, 1, 1}}) {
    const OneLayer network({shape}, [](PlanBuilder& builder, const auto& inputs) {
      return builder.global_average(inputs[0], "pool");
    });
    check_operator(network, [](const auto& inputs, const auto&) {
      return inputs[0].flatten(2).mean(2).unsqueeze(2).unsqueeze(3);
    });
  }
}
