#include "check.h"
#include "support/catch.h"

using namespace wrcor;
using test::check_operator;
using test::OneLayer;

TEST_CASE("a scale multiplies each channel with a factor of the image", "[nn][operators]") {
  const OneLayer network({{43, 4, 3}, {43, 1, 1}}, [](PlanBuilder& builder, const auto& inputs) {
    return builder.scale(inputs[0], inputs[1], "scale");
  });
  check_operator(network, [](const auto& inputs, const auto&) {
    return at::einsum("nchw,nc->nchw", {inputs[0], inputs[1].flatten(1)});
  });
}
