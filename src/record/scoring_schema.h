#pragma once

#include <vector>

#include "core/json_schema_parts.h"

namespace wrcor {

std::vector<json_schema_parts::Member> program_members(int schema_version);

/// Of ScoringConditions::batch.
json_schema_parts::Schema batch_schema();

}  // namespace wrcor
