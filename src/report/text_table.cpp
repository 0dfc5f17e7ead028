#include "report/text_table.h"

#include <spdlog/fmt/fmt.h>

#include <cmath>

namespace wrcor {

std::string rounded(const std::optional<double>& value, int digits) {
  if (!value) return "";
  if (std::abs(*value) > 1e15) return fmt::format("{:.{}f}", *value, digits);
  const double scale = std::pow(10.0, digits);
  const double steps = std::floor(std::abs(*value) * scale * (1 + 1e-14) + 0.5);
  return fmt::format("{:.{}f}", std::copysign(steps, *value) / scale, digits);
}

std::string with_deviation(const std::optional<Spread>& spread) {
  return spread ? rounded(spread->mean, 2) + " ± " + rounded(spread->deviation, 2) : "";
}

nlohmann::ordered_json spread_json(const std::optional<Spread>& spread) {
  if (!spread) return nullptr;
  return {{"mean", spread->mean}, {"deviation", spread->deviation}};
}

}  // namespace wrcor
