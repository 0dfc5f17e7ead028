#include "wrcor/nn/convolution.h"

#include <array>

#include "convolution_kernels.h"
#include "vector_code.h"

namespace wrcor {
namespace {

bool has_kernel(const at::Tensor& values, const at::Tensor& weight, const Layer& layer) {
  const bool of_same_size = layer.stride == 1 && layer.padding == layer.kernel / 2;
  return (layer.kernel == 1 || layer.kernel == 3) && of_same_size && weight.size(0) % 4 == 0 &&
         weight.size(1) % 4 == 0 && has_vector_code(values) && has_vector_code(weight);
}

/// @param weights  [k, k, inputs, outputs]
at::Tensor convolved(const at::Tensor& input, const at::Tensor& weights, Tile tile,
                     const ReluFusion& fusion = {}) {
  const at::Tensor source = input.contiguous(at::MemoryFormat::ChannelsLast);
  at::Tensor output = at::empty({input.size(0), weights.size(3), input.size(2), input.size(3)},
                                input.options(), at::MemoryFormat::ChannelsLast);
  const ConvolutionSize size{static_cast<int>(input.size(0)), static_cast<int>(input.size(2)),
                             static_cast<int>(input.size(3)), static_cast<int>(weights.size(2)),
                             static_cast<int>(weights.size(3))};
  const auto* from = source.data_ptr<float>();
  const auto* factors = weights.data_ptr<float>();
  auto* to = output.data_ptr<float>();
  if (weights.size(0) == 1) {
    pointwise_convolution(from, factors, size, fusion, to);
  } else {
    winograd_convolution(from, factors, size, tile, fusion, to);
  }
  return output;
}

at::Tensor forward(const at::Tensor& input, const at::Tensor& weight,
                   const ReluFusion& fusion = {}) {
  return convolved(input, weight.permute({2, 3, 1, 0}).contiguous(), Tile::small, fusion);
}

at::Tensor backward(const at::Tensor& gradient, const at::Tensor& weight,
                    const ReluFusion& fusion = {}) {
  // A gradient passes the filter turned by half a circle.
  return convolved(gradient, weight.permute({2, 3, 0, 1}).flip({0, 1}).contiguous(), Tile::large,
                   fusion);
}

auto gradients(const at::Tensor& gradient, const at::Tensor& input, const at::Tensor& weight,
               const Layer& layer, std::array<bool, 3> wanted) {
  return at::convolution_backward(gradient, input, weight, at::OptionalIntArrayRef(),
                                  {layer.stride, layer.stride}, {layer.padding, layer.padding},
                                  {1, 1}, /*transposed=*/false, {0, 0}, /*groups=*/1, wanted);
}

}  // namespace

at::Tensor convolution(const at::Tensor& input, const at::Tensor& weight, const Layer& layer) {
  if (has_kernel(input, weight, layer)) return forward(input, weight);
  return at::conv2d(input, weight, {}, layer.stride, layer.padding);
}

at::Tensor convolution_input_gradient(const at::Tensor& gradient, const at::Tensor& input,
                                      const at::Tensor& weight, const Layer& layer) {
  if (has_kernel(gradient, weight, layer)) return backward(gradient, weight);
  return std::get<0>(gradients(gradient, input, weight, layer, {true, false, false}));
}

bool takes_relu(const at::Tensor& input, const at::Tensor& weight, const Layer& layer) {
  return has_kernel(input, weight, layer);
}

at::Tensor relu_convolution(const at::Tensor& input, const at::Tensor& weight) {
  return forward(input, weight, {.of_input = true});
}

at::Tensor relu_convolution_input_gradient(const at::Tensor& gradient, const at::Tensor& input,
                                           const at::Tensor& weight) {
  const at::Tensor values = input.contiguous(at::MemoryFormat::ChannelsLast);
  return backward(gradient, weight, {.values = values.data_ptr<float>()});
}

at::Tensor convolution_weight_gradient(const at::Tensor& gradient, const at::Tensor& input,
                                       const at::Tensor& weight, const Layer& layer) {
  return std::get<1>(gradients(gradient, input, weight, layer, {false, true, false}));
}

}  // namespace wrcor
