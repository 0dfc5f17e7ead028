#include "wrcor/nn/convolution.h"

#include <array>

#include "vector_code.h"
#include "winograd.h"

namespace wrcor {
namespace {

bool has_minimal_filter(const at::Tensor& values, const at::Tensor& weight, const Layer& layer) {
  return layer.kernel == 3 && layer.stride == 1 && layer.padding == 1 && weight.size(0) % 4 == 0 &&
         weight.size(1) % 4 == 0 && has_vector_code(values);
}

/// @param weights  [3, 3, inputs, outputs]
at::Tensor filtered(const at::Tensor& input, const at::Tensor& weights,
                    const ReluFusion& fusion = {}) {
  const at::Tensor source = input.contiguous(at::MemoryFormat::ChannelsLast);
  at::Tensor output = at::empty({input.size(0), weights.size(3), input.size(2), input.size(3)},
                                input.options(), at::MemoryFormat::ChannelsLast);
  winograd_convolution(source.data_ptr<float>(), weights.data_ptr<float>(),
                       {static_cast<int>(input.size(0)), static_cast<int>(input.size(2)),
                        static_cast<int>(input.size(3)), static_cast<int>(weights.size(2)),
                        static_cast<int>(weights.size(3))},
                       fusion, output.data_ptr<float>());
  return output;
}

at::Tensor forward_filter(const at::Tensor& weight) {
  return weight.permute({2, 3, 1, 0}).contiguous();
}

/// A gradient passes the filter turned by half a circle.
at::Tensor backward_filter(const at::Tensor& weight) {
  return weight.permute({2, 3, 0, 1}).flip({0, 1}).contiguous();
}

auto gradients(const at::Tensor& gradient, const at::Tensor& input, const at::Tensor& weight,
               const Layer& layer, std::array<bool, 3> wanted) {
  return at::convolution_backward(gradient, input, weight, at::OptionalIntArrayRef(),
                                  {layer.stride, layer.stride}, {layer.padding, layer.padding},
                                  {1, 1}, /*transposed=*/false, {0, 0}, /*groups=*/1, wanted);
}

}  // namespace

at::Tensor convolution(const at::Tensor& input, const at::Tensor& weight, const Layer& layer) {
  if (has_minimal_filter(input, weight, layer)) return filtered(input, forward_filter(weight));
  return at::conv2d(input, weight, {}, layer.stride, layer.padding);
}

at::Tensor convolution_input_gradient(const at::Tensor& gradient, const at::Tensor& input,
                                      const at::Tensor& weight, const Layer& layer) {
  if (has_minimal_filter(gradient, weight, layer))
    return filtered(gradient, backward_filter(weight));
  return std::get<0>(gradients(gradient, input, weight, layer, {true, false, false}));
}

bool takes_relu(const at::Tensor& input, const at::Tensor& weight, const Layer& layer) {
  return has_minimal_filter(input, weight, layer);
}

at::Tensor relu_convolution(const at::Tensor& input, const at::Tensor& weight) {
  return filtered(input, forward_filter(weight), {.of_input = true});
}

at::Tensor relu_convolution_input_gradient(const at::Tensor& gradient, const at::Tensor& input,
                                           const at::Tensor& weight) {
  const at::Tensor values = input.contiguous(at::MemoryFormat::ChannelsLast);
  return filtered(gradient, backward_filter(weight), {.values = values.data_ptr<float>()});
}

at::Tensor convolution_weight_gradient(const at::Tensor& gradient, const at::Tensor& input,
                                       const at::Tensor& weight, const Layer& layer) {
  return std::get<1>(gradients(gradient, input, weight, layer, {false, true, false}));
}

}  // namespace wrcor
