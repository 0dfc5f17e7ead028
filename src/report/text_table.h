#pragma once

#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "score/statistics.h"

namespace wrcor {

/// The header and the rows of a table.
struct TextTable {
  std::vector<std::string> header;
  std::vector<std::vector<std::string>> rows;
};

/// A number with this many digits after the point; nothing gives an empty text. Half is rounded
/// away from zero, even if its last bits fall short of a half.
std::string rounded(const std::optional<double>& value, int digits);

/// "93.92 ± 0.30"; nothing gives an empty text.
std::string with_deviation(const std::optional<Spread>& spread);

/// {"mean", "deviation"} or null.
nlohmann::ordered_json spread_json(const std::optional<Spread>& spread);

}  // namespace wrcor
