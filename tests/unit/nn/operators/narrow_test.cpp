#include "check.h"
#include "support/catch.h"

using namespace wrcor;
using test::check_operator;
using test::OneLayer;

TEST_CASE("a narrow layer reads some channels, the others have no gradient", "[nn][operators]") {
  for (const auto& [first, channels] : {std::pair{0, 42}, {1, 42}, {7, 5}}) {
    const OneLayer network({{43, 4, 3}}, [first = first, channels = channels](PlanBuilder& builder,
                                                                              const auto& inputs) {
      return builder.narrow(inputs[0], first, channels, "narrow");
    });
    check_operator(network, [first = first, channels = channels](const auto& inputs, const auto&) {
      return inputs[0].index_select(1, at::arange(first, first + channels, at::kLong));
    });
  }
}
