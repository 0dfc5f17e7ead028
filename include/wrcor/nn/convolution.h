#pragma once

#include <ATen/ATen.h>

#include "wrcor/space/network_plan.h"

namespace wrcor {

// On the CPU, what is float32 and has a multiple of 4 channels is made by vector code, all else by
// libtorch.

/// @param input  [N, C, H, W]
/// @param weight  [K, C, k, k]
at::Tensor convolution(const at::Tensor& input, const at::Tensor& weight, const Layer& layer);

/// Gradient at the input from the one at the output.
/// @param input  of the forward pass; only its shape and layout matter
at::Tensor convolution_input_gradient(const at::Tensor& gradient, const at::Tensor& input,
                                      const at::Tensor& weight, const Layer& layer);

/// Whether the vector code takes a ReLU in front of the convolution along, as the two functions
/// below do; each of them equals the function above with the ReLU as a layer of its own.
/// @param input  of the ReLU
bool takes_relu(const at::Tensor& input, const at::Tensor& weight);
at::Tensor relu_convolution(const at::Tensor& input, const at::Tensor& weight, const Layer& layer);
/// Gradient at the input of the ReLU.
at::Tensor relu_convolution_input_gradient(const at::Tensor& gradient, const at::Tensor& input,
                                           const at::Tensor& weight, const Layer& layer);

/// Gradient of the weight from the one at the output.
at::Tensor convolution_weight_gradient(const at::Tensor& gradient, const at::Tensor& input,
                                       const at::Tensor& weight, const Layer& layer);

}  // namespace wrcor
