#pragma once

#include <filesystem>

namespace wrcor {

/// Where data sets are kept between runs: $WRCOR_DATA, else $XDG_CACHE_HOME/wrcor, else
/// $HOME/.cache/wrcor. A variable that is set but empty counts as unset. Empty when none is set.
/// The folder need not exist.
std::filesystem::path cache_folder();

}  // namespace wrcor
