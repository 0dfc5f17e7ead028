#pragma once

#include "core/json_schema_parts.h"

namespace wrcor {

/// The members that to_json(Evaluation) writes.
std::vector<json_schema_parts::Member> evaluation_members();

/// The schema of an object that includes them: `reason` is present unless the status is ok, `raw`
/// is present if a score is null.
json_schema_parts::Schema evaluation_object(const std::vector<json_schema_parts::Member>& members);

}  // namespace wrcor
