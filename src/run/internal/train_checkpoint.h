#pragma once

#include <nlohmann/json.hpp>

#include "record/run_directory.h"
#include "train/trainer.h"
#include "wrcor/config/config.h"
#include "wrcor/record/scoring_conditions.h"

namespace wrcor {

/// The parts that must stay the same during a training ("config", "data", "device"), those whose
/// difference causes a warning ("machine"), and the version of its files ("schema_version").
nlohmann::ordered_json training_identity(const Config& config, const nlohmann::ordered_json& data,
                                         const std::string& device_kind, const Platform& platform);

/// Writes everything needed to continue: the tensors of Trainer::state(), the identity, as the
/// bytes of its text ("run"), and the check of all these ("check"). @throws RunError
void save_checkpoint(const TrainingDirectory& directory, const nlohmann::ordered_json& identity,
                     const Trainer& trainer);

/// Restores the trainer to the checkpoint.
/// @return the identity to continue with: the training's own, on this machine
/// @throws UsageError when it belongs to another training; DataError when it is damaged or edited
nlohmann::ordered_json load_checkpoint(const TrainingDirectory& directory,
                                       const nlohmann::ordered_json& identity, Trainer& trainer);

/// Whether the document of a result.json belongs to the training with this identity.
/// @throws nlohmann::json::exception when it is something else
bool is_result_of(const nlohmann::ordered_json& document, const nlohmann::ordered_json& identity);

}  // namespace wrcor
