#pragma once

#include <filesystem>

#include "wrcor/config/config_loader.h"

namespace wrcor {

/// Takes the settings from the record of a run, and no more from the environment: a warning names
/// the variables of settings that are therefore not read, and those that resemble one.
/// @param config  of the run
void use_recorded_settings(ConfigSources& sources, std::filesystem::path config);

}  // namespace wrcor
