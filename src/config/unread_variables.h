#pragma once

#include <filesystem>

#include "wrcor/config/config_loader.h"

namespace wrcor {

/// Warns of the variables of settings, and of those that resemble one, which a run that goes on
/// does not read.
/// @param config  has the settings of the run
void warn_of_unread_variables(const ConfigSources& sources, const std::filesystem::path& config);

}  // namespace wrcor
