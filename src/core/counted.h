#pragma once

#include <cstddef>
#include <string>

namespace wrcor {

/// "1 line", "2 lines"
inline std::string counted(std::size_t count, const std::string& singular,
                           const std::string& plural) {
  return std::to_string(count) + " " + (count == 1 ? singular : plural);
}

}  // namespace wrcor
