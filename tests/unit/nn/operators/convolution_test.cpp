#include "nn/convolution.h"

#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <limits>
#include <stdexcept>
#include <vector>

#include "check.h"
#include "support/catch.h"
#include "support/vector_targets.h"

using namespace wrcor;

namespace {

at::Tensor random_images(std::int64_t channels, std::int64_t height, std::int64_t width) {
  return at::randn({3, channels, height, width}).contiguous(at::MemoryFormat::ChannelsLast);
}

Layer layer_of(int kernel, int stride, int padding) {
  Layer layer;
  layer.kind = LayerKind::convolution;
  layer.kernel = kernel;
  layer.stride = stride;
  layer.padding = padding;
  return layer;
}

Layer layer_of(int kernel, int stride) { return layer_of(kernel, stride, kernel / 2); }

FeatureShape shape_of(const at::Tensor& images) {
  return {static_cast<int>(images.size(1)), static_cast<int>(images.size(2)),
          static_cast<int>(images.size(3))};
}

/// Largest error in units of the expected values' deviation; of a single value, in units of it.
double error_of(const at::Tensor& value, const at::Tensor& expected) {
  const at::Tensor unit = expected.numel() > 1 ? expected.std() : expected.abs().max();
  return ((value.to(at::kDouble) - expected).abs().max() / unit).item<double>();
}

}  // namespace

TEST_CASE("convolutions and their gradients agree with float64", "[nn][convolution]") {
  at::manual_seed(7);
  struct Size {
    std::int64_t in, out, height, width;
  };
  // Channels of every number of lanes; images that tiles cover evenly, unevenly, and not at all.
  std::vector<Size> sizes;
  for (const std::int64_t channels : {1, 3, 5, 8, 12, 16, 24, 40, 43, 48, 61})
    sizes.push_back({channels, channels, 7, 5});
  for (const Size size :
       {Size{16, 16, 8, 8}, Size{32, 64, 8, 4}, Size{64, 32, 5, 7}, Size{4, 8, 6, 6},
        Size{12, 4, 3, 9}, Size{16, 16, 1, 1}, Size{3, 16, 8, 8}, Size{16, 6, 4, 4},
        Size{43, 42, 5, 6}, Size{5, 33, 6, 5}, Size{24, 56, 4, 7}, Size{85, 7, 3, 3}})
    sizes.push_back(size);
  for (const Size size : sizes) {
    for (const Layer& layer : {layer_of(3, 1), layer_of(3, 2), layer_of(1, 1), layer_of(1, 2),
                               layer_of(5, 3), layer_of(2, 2), layer_of(2, 3), layer_of(2, 3, 0),
                               layer_of(3, 1, 0), layer_of(3, 2, 3), layer_of(1, 1, 2)}) {
      if (std::min(size.height, size.width) + 2 * layer.padding < layer.kernel) continue;
      const at::Tensor input = random_images(size.in, size.height, size.width);
      const at::Tensor weight = at::randn({size.out, size.in, layer.kernel, layer.kernel});
      const at::Tensor exact_input = input.to(at::kDouble).set_requires_grad(true),
                       exact_weight = weight.to(at::kDouble).set_requires_grad(true);
      at::Tensor expected, at_input, of_weight, gradient;
      {
        const at::AutoGradMode derive(true);
        expected = convolution(exact_input, exact_weight, layer);
        gradient = at::randn_like(expected, at::kFloat);
        expected.backward(gradient.to(at::kDouble));
        at_input = exact_input.grad();
        of_weight = exact_weight.grad();
      }
      test::for_each_vector_target([&](const char* target) {
        INFO(target << ": " << size.in << " -> " << size.out << ", " << size.height << "x"
                    << size.width << ", kernel " << layer.kernel << ", stride " << layer.stride
                    << ", padding " << layer.padding);
        const at::Tensor output = convolution(input, weight, layer);
        REQUIRE(output.sizes() == expected.sizes());
        CHECK(error_of(output, expected.detach()) < 1e-5);
        const at::Tensor back =
            convolution_input_gradient(gradient, shape_of(input), weight, layer);
        REQUIRE(back.sizes() == input.sizes());
        CHECK(error_of(back, at_input) < 1e-5);
        CHECK(error_of(convolution_weight_gradient(gradient, input, weight, layer), of_weight) <
              1e-5);
      });
    }
  }
}

TEST_CASE("a convolution that takes the ReLU along equals the two layers", "[nn][convolution]") {
  at::manual_seed(8);
  for (const Layer& layer :
       {layer_of(3, 1), layer_of(1, 1), layer_of(3, 2), layer_of(1, 2), layer_of(2, 3, 0)}) {
    for (const std::int64_t channels : {4, 5, 8, 12, 16, 21, 24, 40, 43, 48, 61}) {
      at::Tensor input = random_images(channels, 5, 5);  // a mask whose bytes hold parts of rows
      const at::Tensor weight = at::randn({2 * channels, channels, layer.kernel, layer.kernel});
      const at::Tensor gradient = at::randn_like(convolution(input, weight, layer));
      input[0][0][0][0] = std::numeric_limits<float>::quiet_NaN();
      input[1][1].fill_(0);
      test::for_each_vector_target([&](const char* target) {
        INFO(target << ": " << channels << ", kernel " << layer.kernel << ", stride "
                    << layer.stride);
        REQUIRE(fuses_relu(weight, layer));
        const auto equal = [](const at::Tensor& a, const at::Tensor& b) {
          return at::allclose(a, b, 0, 0, /*equal_nan=*/true);
        };
        CHECK(equal(relu_convolution(input, weight, layer),
                    convolution(at::relu(input), weight, layer)));
        const at::Tensor back =
            convolution_input_gradient(gradient, shape_of(input), weight, layer);
        CHECK(equal(relu_convolution_input_gradient(gradient, relu_mask(input), shape_of(input),
                                                    weight, layer),
                    at::threshold_backward(back, input, 0)));
      });
    }
  }
  CHECK_FALSE(fuses_relu(at::randn({16, 3, 3, 3}), layer_of(3, 1)));
}

TEST_CASE("convolutions whose sizes do not fit are refused", "[nn][convolution]") {
  const at::Tensor images = at::randn({2, 8, 4, 4}), weight = at::randn({4, 8, 3, 3});
  const FeatureShape shape{8, 4, 4};
  CHECK(convolution(images, weight, layer_of(3, 1)).size(1) == 4);
  CHECK_THROWS_AS(convolution(at::randn({2, 4, 4, 4}), weight, layer_of(3, 1)), std::logic_error);
  CHECK_THROWS_AS(convolution(images, weight, layer_of(1, 1)), std::logic_error);
  CHECK_THROWS_AS(convolution(images, at::randn({4, 8, 7, 7}), layer_of(7, 1, 0)),
                  std::logic_error);
  CHECK_THROWS_AS(convolution_input_gradient(images, shape, weight, layer_of(3, 1)),
                  std::logic_error);
  CHECK_THROWS_AS(
      convolution_input_gradient(at::randn({2, 4, 4, 4}), {4, 4, 4}, weight, layer_of(3, 1)),
      std::logic_error);
}

TEST_CASE("convolutions with groups and biases, of any number of channels", "[nn][operators]") {
  struct Size {
    int in, out, kernel, stride, groups;
    bool bias;
  };
  for (const Size size :
       {Size{43, 42, 3, 1, 1, false}, Size{43, 43, 3, 2, 43, false}, Size{16, 16, 5, 1, 16, true},
        Size{12, 8, 3, 1, 4, true}, Size{16, 24, 1, 2, 1, true}, Size{16, 16, 3, 1, 1, true}}) {
    CAPTURE(size.in, size.out, size.kernel, size.stride, size.groups, size.bias);
    const test::OneLayer network({{size.in, 6, 8}}, [&](PlanBuilder& builder, const auto& inputs) {
      return builder.convolution(inputs[0], size.out,
                                 PlanBuilder::Window::same(size.kernel, size.stride), "conv",
                                 {size.groups, size.bias});
    });
    test::check_operator(network, [&](const auto& inputs, const auto& weights) {
      return at::conv2d(inputs[0], weights.weight, weights.bias, size.stride, size.kernel / 2, 1,
                        size.groups);
    });
  }
}
