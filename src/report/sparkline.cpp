#include "report/sparkline.h"

#include <algorithm>
#include <array>

namespace wrcor {

std::string sparkline(const std::vector<double>& values, std::size_t columns) {
  constexpr std::array bars = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
  if (values.empty()) return {};
  const auto [low, high] = std::minmax_element(values.begin(), values.end());
  std::string line;
  for (std::size_t column = 0; column < columns; ++column) {
    const double value = values[((column + 1) * values.size() - 1) / columns];
    const double share = *high > *low ? (value - *low) / (*high - *low) : 1;
    line += bars[static_cast<std::size_t>(share * static_cast<double>(bars.size() - 1) + 0.5)];
  }
  return line;
}

}  // namespace wrcor
