#pragma once

#include <string_view>
#include <vector>

namespace wrcor {

/// A file that was built into the program.
struct BuiltInFile {
  std::string_view name;
  std::string_view content;
};

/// The files of tests/golden/nb201_small. They lie in pages of the program that are not read before
/// somebody looks.
std::vector<BuiltInFile> golden_data();

}  // namespace wrcor
