#include <ATen/core/grad_mode.h>

#include <limits>

#include "check.h"
#include "support/catch.h"
#include "support/vector_targets.h"

using namespace wrcor;
using test::check_operator;
using test::OneLayer;

TEST_CASE("a maximum pooling and its gradient, which padding never wins", "[nn][operators]") {
  for (const PlanBuilder::Window window :
       {PlanBuilder::Window{3, 1, 1}, {2, 2, 0}, {3, 2, 1}, {5, 1, 2}}) {
    for (const int channels : {1, 3, 5, 8, 12, 16, 24, 40, 43, 48, 61}) {
      const OneLayer network({{channels, 7, 5}}, [&](PlanBuilder& builder, const auto& inputs) {
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
}

TEST_CASE("a maximum pooling of equal numbers, infinities and NaNs is libtorch's",
          "[nn][operators]") {
  const FeatureShape shape{21, 6, 5};
  const OneLayer network({shape}, [](PlanBuilder& builder, const auto& inputs) {
    return builder.max_pool(inputs[0], {3, 1, 1}, "pool");
  });
  at::manual_seed(3);
  at::Tensor input =
      at::randint(0, 3, {2, 21, 6, 5}, at::kFloat).contiguous(at::MemoryFormat::ChannelsLast);
  input[0][3].fill_(-std::numeric_limits<float>::infinity());
  input[0][4][2][2] = std::numeric_limits<float>::quiet_NaN();
  input[1][20][5][4] = std::numeric_limits<float>::quiet_NaN();
  const at::Tensor gradient = at::randn_like(input);
  const auto [expected, winners] = at::max_pool2d_with_indices(input, 3, 1, 1);
  const at::Tensor at_input = at::max_pool2d_with_indices_backward(gradient, input, {3, 3}, {1, 1},
                                                                   {1, 1}, {1, 1}, false, winners);
  const Operator& pool = operator_of(LayerKind::max_pool);
  test::for_each_vector_target([&, expected = expected](const char* target) {
    INFO(target);
    const at::NoGradGuard no_grad;
    const at::Tensor output =
        pool.forward({.layer = network.layer(), .weights = {}, .inputs = {&input, 1}});
    CHECK(at::allclose(output, expected, 0, 0, /*equal_nan=*/true));
    const at::Tensor back = pool.input_gradient({.layer = network.layer(),
                                                 .weights = {},
                                                 .gradient = gradient,
                                                 .shapes = network.shapes(),
                                                 .inputs = {&input, 1}},
                                                0);
    CHECK(at::equal(back, at_input));
  });
}
