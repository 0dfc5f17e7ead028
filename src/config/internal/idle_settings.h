#pragma once

#include <string>

#include "wrcor/config/config.h"
#include "wrcor/config/settings.h"

namespace wrcor {

/// Why the rest of a configuration leaves a setting without effect, whatever its value: words that
/// follow "because"; empty if it has an effect.
/// @param purpose  of the configuration
std::string idle_reason(const Setting& setting, const Config& config, Purpose purpose);

}  // namespace wrcor
