#include "check.h"
#include "support/catch.h"

using namespace wrcor;
using test::check_operator;
using test::OneLayer;

TEST_CASE("a scale multiplies each channel with a factor of the image", "[nn][operators]") {
  for (const int channels : {1, 3, 5, 8, 12, 16, 24, 40, 43, 48, 61}) {
    const OneLayer network({{channels, 5, 3}, {channels, 1, 1}},
                           [](PlanBuilder& builder, const auto& inputs) {
                             return builder.scale(inputs[0], inputs[1], "scale");
                           });
    check_operator(network, [](const auto& inputs, const auto&) {
      return at::einsum("nchw,nc->nchw", {inputs[0], inputs[1].flatten(1)});
    });
  }
}
