#include "check.h"
#include "support/catch.h"

using namespace wrcor;
using test::check_operator;
using test::OneLayer;

TEST_CASE("a swish and its gradient", "[nn][operators]") {
  const OneLayer network({{43, 5, 4}}, [](PlanBuilder& builder, const auto& inputs) {
    return builder.unary(LayerKind::swish, inputs[0], "swish");
  });
  check_operator(network, [](const auto& inputs, const auto&) {
    return inputs[0] / (1 + (-inputs[0]).exp());
  });
}
