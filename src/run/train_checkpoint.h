#pragma once

#include <nlohmann/json.hpp>

#include "wrcor/config/config.h"
#include "wrcor/run/train_run.h"

namespace wrcor {

/// What has to stay the same while a training goes on ("config", "data", "device"), and what a
/// difference of is told ("machine").
nlohmann::ordered_json training_identity(const Config& config, const nlohmann::ordered_json& data,
                                         const std::string& device_kind);

/// Writes all that it takes to go on: the tensors of Trainer::state() and the identity, as the
/// bytes of its text ("run"). @throws RunError
void save_checkpoint(const TrainingDirectory& directory, const nlohmann::ordered_json& identity,
                     const Trainer& trainer);

/// Puts the trainer where the checkpoint was written.
/// @throws UsageError when that is of another training; DataError when it is damaged
void load_checkpoint(const TrainingDirectory& directory, const nlohmann::ordered_json& identity,
                     Trainer& trainer);

}  // namespace wrcor
