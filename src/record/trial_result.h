#pragma once

#include "core/json_schema_parts.h"
#include "record/run_directory.h"
#include "wrcor/config/run_spec.h"

namespace wrcor {

class TrialRun;

/// Writes the ranking by fitness of the trials that have an outcome, at least one: result.json,
/// then best.txt and ranking.csv. result.json has the form of a search's, without what only scores
/// have. Without its last key, `timing`, it is a function of the settings and the content of the
/// journal.
void write_trial_result(TrialRun& run, const RunSpec& spec, const RunDirectory& directory);

/// JSON Schema of that document. @param rows  of its `ranking`
json_schema_parts::Schema trial_result_object(const json_schema_parts::Schema& rows);

}  // namespace wrcor
