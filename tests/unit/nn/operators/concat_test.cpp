#include "check.h"
#include "support/catch.h"

using namespace wrcor;
using test::check_operator;
using test::OneLayer;

TEST_CASE("a concatenation gives each input the gradient of its channels", "[nn][operators]") {
  const OneLayer network(
      {{43, 4, 3}, {42, 4, 3}, {1, 4, 3}},
      [](PlanBuilder& builder, const auto& inputs) { return builder.concat(inputs, "concat"); });
  CHECK(network.layer().out == FeatureShape{86, 4, 3});
  check_operator(network, [](const auto& inputs, const auto&) {
    at::Tensor all = at::zeros({inputs[0].size(0), 86, 4, 3}, at::kDouble);
    const at::Tensor parts[] = {inputs[0], inputs[1], inputs[2]};
    std::int64_t first = 0;
    for (const at::Tensor& part : parts) {
      const std::int64_t behind = 86 - first - part.size(1);
      all = all + at::constant_pad_nd(part, {0, 0, 0, 0, first, behind}, 0);
      first += part.size(1);
    }
    return all;
  });
}
