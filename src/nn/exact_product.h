#pragma once

#include <ATen/ATen.h>

namespace wrcor {

/// a b + bias, summed in float64 so that its bits do not depend on the BLAS. For the classifier,
/// whose products are small.
/// @param a  [M, K]
/// @param b  [K, N]
/// @param bias  [N], or undefined
/// @return [M, N] of the type of a
at::Tensor exact_product(const at::Tensor& a, const at::Tensor& b, const at::Tensor& bias = {});

}  // namespace wrcor
