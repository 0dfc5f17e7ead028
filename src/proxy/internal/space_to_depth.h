#pragma once

#include <ATen/ATen.h>

namespace wrcor {

/// [N, C, H, W] as [N, k^2 C, H/k, W/k], with as many positions as `like`.
inline at::Tensor space_to_depth(const at::Tensor& tensor, const at::Tensor& like) {
  const std::int64_t factor = tensor.size(2) / like.size(2);
  return factor > 1 ? at::pixel_unshuffle(tensor.contiguous(), factor) : tensor;
}

}  // namespace wrcor
