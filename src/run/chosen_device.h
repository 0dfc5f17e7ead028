#pragma once

#include "wrcor/config/config.h"

namespace wrcor {

/// Replaces the device "auto" of a configuration by the device that it means on this machine; an
/// unusable device is unchanged.
void choose_device(Config& config);

}  // namespace wrcor
