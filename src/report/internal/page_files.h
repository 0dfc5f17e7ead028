#pragma once

#include <vector>

#include "core/built_in_file.h"

namespace wrcor {

/// The files of src/report/page, and Chart.js with its licence.
std::vector<BuiltInFile> page_files();

}  // namespace wrcor
