#pragma once

#include "wrcor/config/config.h"

namespace wrcor {

/// Replaces the device "auto" of a configuration by the one that it stands for on this machine; one
/// that cannot be used stays as it is.
void choose_device(Config& config);

}  // namespace wrcor
