#include "nn/average_pool.h"

#include "support/catch.h"
#include "support/vector_targets.h"

using namespace wrcor;

TEST_CASE("average pooling and its gradient agree with libtorch in float64", "[nn][average_pool]") {
  at::manual_seed(8);
  struct Shape {
    int kernel, stride, padding;
  };
  for (const Shape shape : {Shape{3, 1, 1}, Shape{2, 2, 0}, Shape{3, 2, 1}, Shape{5, 1, 2}}) {
    for (const std::int64_t channels : {1, 3, 5, 8, 12, 16, 24, 40, 43, 48, 61}) {
      const at::Tensor input =
          at::randn({2, channels, 8, 6}).contiguous(at::MemoryFormat::ChannelsLast);
      const at::Tensor exact = input.to(at::kDouble);
      const at::Tensor expected = at::avg_pool2d(exact, shape.kernel, shape.stride, shape.padding,
                                                 false, /*count_include_pad=*/false);
      const at::Tensor gradient = at::randn_like(expected, at::kFloat);
      const at::Tensor expected_back = at::avg_pool2d_backward(
          gradient.to(at::kDouble), exact, {shape.kernel, shape.kernel},
          {shape.stride, shape.stride}, {shape.padding, shape.padding}, false, false, {});
      Layer layer;
      layer.kind = LayerKind::average_pool;
      layer.kernel = shape.kernel;
      layer.stride = shape.stride;
      layer.padding = shape.padding;
      layer.out = {static_cast<int>(channels), static_cast<int>(expected.size(2)),
                   static_cast<int>(expected.size(3))};
      test::for_each_vector_target([&](const char* target) {
        INFO(target << ": " << channels << " channels, kernel " << shape.kernel);
        const at::Tensor output = average_pool(input, layer);
        REQUIRE(output.sizes() == expected.sizes());
        CHECK((output.to(at::kDouble) - expected).abs().max().item<double>() < 1e-6);
        const at::Tensor back =
            average_pool_backward(gradient, {static_cast<int>(channels), 8, 6}, layer);
        REQUIRE(back.sizes() == input.sizes());
        CHECK((back.to(at::kDouble) - expected_back).abs().max().item<double>() < 1e-6);
      });
    }
  }
}
