#pragma once

#include <string_view>

namespace wrcor {

/// The text up to its first line break.
inline std::string_view first_line(std::string_view text) {
  return text.substr(0, text.find('\n'));
}

}  // namespace wrcor
