#pragma once

#include <ATen/ATen.h>

#include "wrcor/space/network_plan.h"

namespace wrcor {

// Without the bias. On the CPU, outputs and gradients at inputs that are float32 and have at least
// 4 channels a group, or one group for each channel, are computed by vector code, which throws
// std::logic_error where the sizes do not fit; all others by libtorch.

/// @param input  [N, C, H, W]
/// @param weight  [K, C / groups, k, k]
at::Tensor convolution(const at::Tensor& input, const at::Tensor& weight, const Layer& layer);

/// Gradient at the input from the one at the output.
/// @param shape  of the input
at::Tensor convolution_input_gradient(const at::Tensor& gradient, const FeatureShape& shape,
                                      const at::Tensor& weight, const Layer& layer);

/// Whether there is vector code that computes a ReLU in front of the convolution with it, as the
/// functions below do; they equal those above with the ReLU as a separate layer. For one group, and
/// for one group for each channel.
bool fuses_relu(const at::Tensor& weight, const Layer& layer);
at::Tensor relu_convolution(const at::Tensor& input, const at::Tensor& weight, const Layer& layer);
/// The bits that the ReLU's backward pass needs: for each value of its input, whether it passes.
/// @return uint8, in the order of a channels-last tensor; with some bytes behind it
at::Tensor relu_mask(const at::Tensor& input);
/// Gradient at the input of the ReLU.
/// @param mask  of the input
/// @param shape  of the input
at::Tensor relu_convolution_input_gradient(const at::Tensor& gradient, const at::Tensor& mask,
                                           const FeatureShape& shape, const at::Tensor& weight,
                                           const Layer& layer);

/// Gradient of the weight from the one at the output.
at::Tensor convolution_weight_gradient(const at::Tensor& gradient, const at::Tensor& input,
                                       const at::Tensor& weight, const Layer& layer);

}  // namespace wrcor
