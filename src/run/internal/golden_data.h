#pragma once

#include <vector>

#include "core/built_in_file.h"

namespace wrcor {

/// The files of tests/golden/nb201_small. They are in pages of the program that are loaded at their
/// first use.
std::vector<BuiltInFile> golden_data();

}  // namespace wrcor
