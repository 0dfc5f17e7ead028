#pragma once

#include <concepts>
#include <string>

namespace wrcor {

/// "1 line", "2 lines"
/// @param plural  empty: the singular and an s
template <std::integral Count>
std::string counted(Count count, const std::string& singular, const std::string& plural = {}) {
  const std::string several = plural.empty() ? singular + "s" : plural;
  return std::to_string(count) + " " + (count == 1 ? singular : several);
}

}  // namespace wrcor
