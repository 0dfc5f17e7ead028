#pragma once

#include <ATen/ATen.h>

#include "nn/network.h"

namespace wrcor::test {

/// The logits of a network in training mode as an expression that autograd can derive.
///
/// @param network  whose tensors may be leaves that require gradients
/// @param images  [N, 3, H, W]
/// @return [N, classes]
at::Tensor differentiable_logits(const Network& network, const at::Tensor& images);

}  // namespace wrcor::test
