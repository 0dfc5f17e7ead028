#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace wrcor {

/// A series as a row of small bars, "▁▂▅▇█": the lowest value has the smallest, the highest the
/// largest.
/// @param columns  width; each column shows the value at its position. Without values: empty.
std::string sparkline(const std::vector<double>& values, std::size_t columns);

}  // namespace wrcor
