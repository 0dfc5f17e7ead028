#pragma once

#include <string_view>

namespace wrcor {

/// A file that was built into the program.
struct BuiltInFile {
  std::string_view name;
  std::string_view content;
};

}  // namespace wrcor
