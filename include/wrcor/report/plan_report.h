#pragma once

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "wrcor/score/pass_cost.h"

namespace wrcor {

/// What evaluations consist of: every pass, what it serves and its seconds, means over
/// `architectures`; then the work that each proxy does by itself, and the sum.
/// @param costs  of each architecture, as Evaluator::explain() gives them; at least one
std::string plan_table(const std::vector<std::vector<PassCost>>& costs);

/// The same as JSON: {"schema_version", "architectures", "seconds", "passes": [{"pass", "serves",
/// "seconds"}], "proxies": [{"proxy", "seconds", "passes"?}]}.
std::string plan_json(const std::vector<std::vector<PassCost>>& costs);
nlohmann::ordered_json plan_schema();

}  // namespace wrcor
