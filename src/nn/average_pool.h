#pragma once

#include <ATen/ATen.h>

#include "wrcor/space/network_plan.h"

namespace wrcor {

/// Average pooling that does not count the padding. On the CPU float32 goes through vector code,
/// which is several times as fast as libtorch's kernel.
/// @param input  [N, C, H, W]
at::Tensor average_pool(const at::Tensor& input, const Layer& layer);

/// Gradient at the input, computed from the gradient at the output.
/// @param shape  of the input
at::Tensor average_pool_backward(const at::Tensor& gradient, const FeatureShape& shape,
                                 const Layer& layer);

}  // namespace wrcor
