#pragma once

#include <filesystem>
#include <string>

#include "wrcor/config/config.h"
#include "wrcor/record/scoring_conditions.h"

namespace wrcor {

/// Identity of everything that a score depends on besides the architecture and the proxy: 12
/// hexadecimal digits. Scores with equal identities are comparable and may share a file, whichever
/// other proxies were computed. It is a function of the settings that affect scores and are not at
/// their default, the minibatch, the number of classes, the kind of device, the scoring revision,
/// and the weights if they come from a file.
/// @param weights  path of the weight file; empty when weights are drawn
std::string score_identity(const Config& config, const ScoringConditions& conditions,
                           const std::filesystem::path& weights);

}  // namespace wrcor
