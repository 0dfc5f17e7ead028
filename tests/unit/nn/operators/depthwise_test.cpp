#include <ATen/core/grad_mode.h>

#include <limits>
#include <stdexcept>
#include <tuple>
#include <vector>

#include "nn/convolution.h"
#include "support/catch.h"
#include "support/vector_targets.h"

using namespace wrcor;

namespace {

constexpr std::int64_t samples = 2;

Layer depthwise_layer(std::int64_t channels, int kernel, int stride, int padding) {
  Layer layer;
  layer.kind = LayerKind::convolution;
  layer.kernel = kernel;
  layer.stride = stride;
  layer.padding = padding;
  layer.groups = static_cast<int>(channels);
  return layer;
}

struct Images {
  std::int64_t channels, height, width;
  at::Tensor random() const {
    return at::randn({samples, channels, height, width}).contiguous(at::MemoryFormat::ChannelsLast);
  }
  FeatureShape shape() const {
    return {static_cast<int>(channels), static_cast<int>(height), static_cast<int>(width)};
  }
};

/// Calls check(images, layer) for every kernel, stride and size.
template <typename Check>
void for_each_case(const Check& check) {
  std::vector<Images> sizes{{43, 4, 13}, {2, 20, 21}, {96, 8, 8}, {24, 1, 3}, {17, 7, 1}};
  for (const std::int64_t channels : {3, 5, 8, 12, 16, 24, 40, 43, 48, 61})
    sizes.push_back({channels, 9, 7});
  for (const Images& size : sizes) {
    for (const int kernel : {1, 2, 3, 4, 5, 6, 7, 9}) {
      for (const int stride : {1, 2, 3}) {
        for (const int padding : {kernel / 2, 0}) {
          if (std::min(size.height, size.width) + 2 * padding < kernel) continue;
          CAPTURE(size.channels, size.height, size.width, kernel, stride, padding);
          check(size, depthwise_layer(size.channels, kernel, stride, padding));
        }
      }
    }
  }
}

/// Largest difference from float64.
double relative_error(const at::Tensor& value, const at::Tensor& expected) {
  REQUIRE(value.sizes() == expected.sizes());
  return (value.to(at::kDouble) - expected).abs().max().item<double>();
}

bool same(const at::Tensor& a, const at::Tensor& b) {
  return at::allclose(a, b, 0, 0, /*equal_nan=*/true);
}

}  // namespace

TEST_CASE("depthwise convolutions and their gradients agree with float64", "[nn][convolution]") {
  at::manual_seed(11);
  for_each_case([](const Images& size, const Layer& layer) {
    const at::Tensor input = size.random(),
                     weight = at::randn({size.channels, 1, layer.kernel, layer.kernel});
    const at::Tensor expected = at::conv2d(input.to(at::kDouble), weight.to(at::kDouble), {},
                                           layer.stride, layer.padding, 1, layer.groups);
    const at::Tensor gradient = at::randn_like(expected, at::kFloat);
    const at::Tensor at_input = std::get<0>(at::convolution_backward(
        gradient.to(at::kDouble), input.to(at::kDouble), weight.to(at::kDouble),
        at::OptionalIntArrayRef(), {layer.stride, layer.stride}, {layer.padding, layer.padding},
        {1, 1}, false, {0, 0}, layer.groups, {true, false, false}));
    test::for_each_vector_target([&](const char* target) {
      INFO(target);
      CHECK(relative_error(convolution(input, weight, layer), expected) < 2e-5);
      CHECK(relative_error(convolution_input_gradient(gradient, size.shape(), weight, layer),
                           at_input) < 2e-5);
    });
  });
}

TEST_CASE("a depthwise convolution that takes the ReLU along equals the two layers",
          "[nn][convolution]") {
  at::manual_seed(12);
  for_each_case([](const Images& size, const Layer& layer) {
    at::Tensor input = size.random();
    input[0][0][0][0] = std::numeric_limits<float>::quiet_NaN();
    input[1][1].fill_(0);
    const at::Tensor weight = at::randn({size.channels, 1, layer.kernel, layer.kernel});
    const at::Tensor gradient = at::randn_like(convolution(input, weight, layer));
    REQUIRE(fuses_relu(weight, layer));
    test::for_each_vector_target([&](const char* target) {
      INFO(target);
      CHECK(same(relu_convolution(input, weight, layer),
                 convolution(at::relu(input), weight, layer)));
      const at::Tensor back = convolution_input_gradient(gradient, size.shape(), weight, layer);
      CHECK(same(
          relu_convolution_input_gradient(gradient, relu_mask(input), size.shape(), weight, layer),
          at::threshold_backward(back, input, 0)));
    });
  });
}

TEST_CASE("depthwise convolutions whose sizes do not fit are refused", "[nn][convolution]") {
  const at::Tensor images = at::randn({2, 8, 4, 4});
  CHECK_THROWS_AS(
      convolution(at::randn({2, 4, 4, 4}), at::randn({8, 1, 3, 3}), depthwise_layer(8, 3, 1, 1)),
      std::logic_error);
  CHECK_THROWS_AS(convolution(images, at::randn({8, 1, 7, 7}), depthwise_layer(8, 7, 1, 0)),
                  std::logic_error);
}
