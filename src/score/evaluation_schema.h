#pragma once

#include <string>
#include <vector>

#include "core/json_schema_parts.h"
#include "wrcor/score/proxies.h"

namespace wrcor {

/// The members that to_json(Evaluation) writes.
/// @param names  of scores; by default the proxies
std::vector<json_schema_parts::Member> evaluation_members(
    const std::vector<std::string>& names = proxies().names());

/// The schema of an object that includes them: `reason` is present unless the status is ok, `raw`
/// is present if a score is null.
json_schema_parts::Schema evaluation_object(const std::vector<json_schema_parts::Member>& members);

}  // namespace wrcor
