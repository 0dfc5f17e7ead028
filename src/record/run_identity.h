#pragma once

#include <filesystem>

#include <nlohmann/json.hpp>

#include "core/json_schema_parts.h"
#include "record/run_directory.h"
#include "wrcor/config/run_spec.h"
#include "wrcor/config/settings.h"
#include "wrcor/record/scoring_conditions.h"

namespace wrcor {

/// The first line of a journal, which identifies its run: the program and the libtorch that make
/// its scores, the device, the processor and the BLAS, the minibatch, and the settings that must
/// stay the same.
nlohmann::ordered_json journal_header(const RunSpec& spec, const ScoringConditions& conditions);
json_schema_parts::Schema journal_header_schema();

/// The name of a member of the header in messages.
std::string shown_condition(const std::string& name);

/// Checks that a run may be continued with this configuration by this program. The limits on its
/// length may differ; settings that are newer than the run count as at their defaults. Another
/// libtorch is refused: its scores differ in their last digits, and the result would match neither.
/// Another processor or BLAS, which may have the same effect, is reported as a warning.
/// @param found   header of the run's journal, of this version or an older one
/// @param folder  of the run, for messages
/// @throws UsageError naming every difference; DataError for a journal of a newer program
void require_same_run(const nlohmann::ordered_json& found, const RunSpec& spec,
                      const ScoringConditions& conditions, const std::filesystem::path& folder);

/// Refuses a config.json or a result.json that a run would replace but that is not its own. Its own
/// files have the settings that must stay the same, or are empty.
/// @throws UsageError; DataError when it cannot be read
void require_own_settings(const std::filesystem::path& config_file, const RunSpec& spec);
void require_own_result(const std::filesystem::path& result_file, const RunSpec& spec,
                        const ScoringConditions& conditions);

// The same for a run whose trials another program trains: no scores are computed, so it depends on
// the settings of proposals and costs only.

/// Whether proposals, or the costs of networks, depend on a setting. The budget only ends them.
bool guides_proposals(const Setting& setting);

/// The first line of its journal.
nlohmann::ordered_json trial_header(const RunSpec& spec);
bool is_trial_header(const nlohmann::ordered_json& header);
json_schema_parts::Schema trial_header_schema();
/// @throws as require_same_run()
void require_same_trials(const nlohmann::ordered_json& found, const RunSpec& spec,
                         const std::filesystem::path& folder);
/// Refuses a config.json or a result.json that is not the run's own. @throws UsageError; DataError
void require_own_trial_files(const RunDirectory& directory, const RunSpec& spec);

}  // namespace wrcor
