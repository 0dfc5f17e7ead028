#pragma once

#include <ATen/ATen.h>

#include "wrcor/space/network_plan.h"

namespace wrcor {

// Convolutions without the bias. On the CPU, vector code computes outputs and gradients at inputs
// that are float32 and have at least 4 channels per group, or one group for each channel; it throws
// std::logic_error where the sizes do not fit. libtorch computes all others.

/// @param input  [N, C, H, W]
/// @param weight  [K, C / groups, k, k]
at::Tensor convolution(const at::Tensor& input, const at::Tensor& weight, const Layer& layer);

/// Gradient at the input, computed from the gradient at the output.
/// @param shape  of the input
at::Tensor convolution_input_gradient(const at::Tensor& gradient, const FeatureShape& shape,
                                      const at::Tensor& weight, const Layer& layer);

/// Whether vector code can compute the convolution together with a ReLU in front of it, as the
/// functions below do. Their results equal those of the functions above with the ReLU as a separate
/// layer. For one group, and for one group for each channel.
bool fuses_relu(const at::Tensor& weight, const Layer& layer);
at::Tensor relu_convolution(const at::Tensor& input, const at::Tensor& weight, const Layer& layer);
/// The bits that the ReLU's backward pass needs: for each value of its input, whether it passes.
/// @return uint8, in the order of a channels-last tensor, followed by some bytes of slack
at::Tensor relu_mask(const at::Tensor& input);
/// Gradient at the input of the ReLU.
/// @param mask  of the input
/// @param shape  of the input
at::Tensor relu_convolution_input_gradient(const at::Tensor& gradient, const at::Tensor& mask,
                                           const FeatureShape& shape, const at::Tensor& weight,
                                           const Layer& layer);

/// Gradient of the weight, computed from the gradient at the output.
at::Tensor convolution_weight_gradient(const at::Tensor& gradient, const at::Tensor& input,
                                       const at::Tensor& weight, const Layer& layer);

}  // namespace wrcor
