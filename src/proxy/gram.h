#pragma once

#include <cstddef>

namespace wrcor {

/// Inner products of all pairs of rows and the sums of the rows, in one reading. Sums are formed in
/// float32 over blocks of features, as many at a time as a vector has lanes, and end in float64.
/// @param rows  [n, features], one behind the other
/// @param products  [n, n], is set: symmetric
/// @param sums  [n], is set
void gram(const float* rows, std::size_t n, std::size_t features, double* products, double* sums);

}  // namespace wrcor
