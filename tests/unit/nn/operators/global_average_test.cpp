#include "check.h"
#include "support/catch.h"

using namespace wrcor;
using test::check_operator;
using test::OneLayer;

TEST_CASE("a global average and its gradient", "[nn][operators]") {
  std::vector<FeatureShape> shapes{{8, 1, 1}};
  for (const int channels : {1, 3, 5, 8, 12, 16, 24, 40, 43, 48, 61})
    shapes.push_back({channels, 5, 3});
  for (const FeatureShape& shape : shapes) {
    const OneLayer network({shape}, [](PlanBuilder& builder, const auto& inputs) {
      return builder.global_average(inputs[0], "pool");
    });
    check_operator(network, [](const auto& inputs, const auto&) {
      return inputs[0].flatten(2).mean(2).unsqueeze(2).unsqueeze(3);
    });
  }
}
