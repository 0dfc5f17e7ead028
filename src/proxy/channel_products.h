#pragma once

#include <ATen/ATen.h>

namespace wrcor {

/// The mean over all positions of all images of the outer product of two feature maps' channels.
/// @param left  [N, A, H, W], float32
/// @param right  [N, B, H, W], float32
/// @return [A, B], float64: formed in float64 throughout
at::Tensor mean_channel_products(const at::Tensor& left, const at::Tensor& right);

/// The covariance of a feature map's channels over all positions of all images; exactly zero for
/// equal values.
/// @param map  [N, C, H, W], float32
/// @return [C, C], float64: formed in float64 throughout
at::Tensor channel_covariance(const at::Tensor& map);

}  // namespace wrcor
