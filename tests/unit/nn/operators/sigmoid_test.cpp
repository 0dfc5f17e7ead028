#include "check.h"
#include "support/catch.h"

using namespace wrcor;
using test::check_operator;
using test::OneLayer;

TEST_CASE("a sigmoid and its gradient", "[nn][operators]") {
  const OneLayer network({{43, 1, 1}}, [](PlanBuilder& builder, const auto& inputs) {
    return builder.unary(LayerKind::sigmoid, inputs[0], "sigmoid");
  });
  check_operator(network,
                 [](const auto& inputs, const auto&) { return 1 / (1 + (-inputs[0]).exp()); });
}
