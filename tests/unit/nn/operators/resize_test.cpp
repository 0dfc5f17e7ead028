#include "check.h"
#include "support/catch.h"

using namespace wrcor;
using test::check_operator;
using test::OneLayer;

namespace {

/// The bilinear weights of one axis: output positions by input positions, align_corners false.
at::Tensor weights(std::int64_t outputs, std::int64_t inputs) {
  at::Tensor matrix = at::zeros({outputs, inputs}, at::kDouble);
  for (std::int64_t o = 0; o < outputs; ++o) {
    const double place =
        std::max(0.0, (static_cast<double>(o) + 0.5) * static_cast<double>(inputs) /
                              static_cast<double>(outputs) -
                          0.5);
    const auto low = static_cast<std::int64_t>(place);
    const std::int64_t high = std::min(low + 1, inputs - 1);
    const double share = place - static_cast<double>(low);
    matrix[o][low] += 1 - share;
    matrix[o][high] += share;
  }
  return matrix;
}

}  // namespace

TEST_CASE("a resize interpolates between the centres of pixels", "[nn][operators]") {
  for (const auto& [height, width] : {std::pair{9, 11}, {3, 2}, {6, 5}}) {
    const OneLayer network(
        {{3, 6, 5}}, [height = height, width = width](PlanBuilder& builder, const auto& inputs) {
          return builder.resize(inputs[0], height, width, "resize");
        });
    check_operator(network, [height = height, width = width](const auto& inputs, const auto&) {
      return at::matmul(at::matmul(weights(height, 6), inputs[0]), weights(width, 5).t());
    });
  }
}
