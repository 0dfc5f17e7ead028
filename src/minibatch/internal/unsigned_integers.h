#pragma once

#include <ATen/ATen.h>

#include <optional>

namespace wrcor {

/// Unsigned integers whose bits were read as signed ones of the same width: libtorch computes
/// little with them, and older versions lack them.
/// @return of the same shape, int64; nothing if one is above 2^63 - 1
std::optional<at::Tensor> as_unsigned(const at::Tensor& bits);

}  // namespace wrcor
