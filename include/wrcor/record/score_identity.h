#pragma once

#include <filesystem>
#include <string>

#include "wrcor/config/config.h"
#include "wrcor/record/scoring_conditions.h"

namespace wrcor {

/// Identity of all that a score depends on beside the architecture and the proxy: 12 hexadecimal
/// digits. Scores with equal identities can be compared and stand in one file, whichever proxies
/// were computed beside them. It is a function of the settings that bear on scores and are not at
/// their default, the minibatch, the number of classes, the kind of device, the scoring revision,
/// and the weights if they come from a file.
/// @param weights  path of the weight file; empty when weights are drawn
std::string score_identity(const Config& config, const ScoringConditions& conditions,
                           const std::filesystem::path& weights);

}  // namespace wrcor
