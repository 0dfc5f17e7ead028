#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace wrcor {

/// A course as a row of small bars, "▁▂▅▇█": the lowest value has the smallest, the highest the
/// largest.
/// @param columns  as wide as that; each shows the value at its place. Without values: empty.
std::string sparkline(const std::vector<double>& values, std::size_t columns);

}  // namespace wrcor
