#pragma once

#include <cstddef>

namespace wrcor {

/// Inner products of all pairs of rows and the sums of the rows, in one pass. Sums are formed in
/// float32 over blocks of features, one per lane of a vector, and finished in float64.
/// @param rows  [n, features], contiguous
/// @param products  [n, n], is set: symmetric
/// @param sums  [n], is set
void gram(const float* rows, std::size_t n, std::size_t features, double* products, double* sums);

}  // namespace wrcor
