#include "check.h"
#include "support/catch.h"

using namespace wrcor;
using test::check_operator;
using test::OneLayer;

TEST_CASE("a maximum pooling and its gradient, which padding never wins", "[nn][operators]") {
  for (const PlanBuilder::Window window : {PlanBuilder::Window{3, 1, 1}, {2, 2, 0}, {3, 2, 1}}) {
    const OneLayer network({{43, 6, 4}}, [&](PlanBuilder& builder, const auto& inputs) {
      return builder.max_pool(inputs[0], window, "pool");
    });
    check_operator(network, [&](const auto& inputs, const auto&) {
      const std::int64_t p = window.padding;
      const at::Tensor padded = at::constant_pad_nd(inputs[0], {p, p, p, p}, -1e9);
      return padded.unfold(2, window.kernel, window.stride)
          .unfold(3, window.kernel, window.stride)
          .flatten(4)
          .amax(4);
    });
  }
}
