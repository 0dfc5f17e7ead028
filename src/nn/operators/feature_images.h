#pragma once

#include <ATen/ATen.h>

#include <cstddef>
#include <cstdint>
#include <vector>

#include "nn/kernels/channel_rows.h"
#include "wrcor/space/network_plan.h"

namespace wrcor {

/// For functions of libtorch that need a tensor only for its shape: as many images as the gradient
/// has, with arbitrary values.
inline at::Tensor feature_images(const at::Tensor& gradient, const FeatureShape& shape) {
  const std::vector<std::int64_t> sizes{gradient.size(0), shape.channels, shape.height,
                                        shape.width};
  if (gradient.sizes() == at::IntArrayRef(sizes)) return gradient;
  return at::empty(sizes, gradient.options(), gradient.suggest_memory_format());
}

/// For vector code over a tensor [N, C, H, W].
inline ChannelRows rows_of(const at::Tensor& tensor) {
  return {static_cast<std::size_t>(tensor.size(0)),
          static_cast<std::size_t>(tensor.size(2) * tensor.size(3)),
          static_cast<std::size_t>(tensor.size(1))};
}

}  // namespace wrcor
