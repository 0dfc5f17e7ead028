#include "check.h"
#include "support/catch.h"

using namespace wrcor;
using test::check_operator;
using test::OneLayer;

TEST_CASE("a zero layer passes nothing in either direction", "[nn][operators]") {
  const OneLayer network({{43, 4, 3}}, [](PlanBuilder& builder, const auto& inputs) {
    return builder.unary(LayerKind::zero, inputs[0], "zero");
  });
  check_operator(network, [](const auto& inputs, const auto&) { return inputs[0] * 0; });
}
