#pragma once

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "score/pass_cost.h"

namespace wrcor {

/// The parts of an evaluation: every pass, the proxies that use it and its seconds, means over
/// `architectures`; then each proxy's own work, and the sum.
/// @param costs  of each architecture, from Evaluator::explain(); at least one
std::string plan_table(const std::vector<std::vector<PassCost>>& costs);

/// The same as JSON: {"schema_version", "architectures", "seconds", "passes": [{"pass", "serves",
/// "seconds"}], "proxies": [{"proxy", "seconds", "passes"?}]}.
std::string plan_json(const std::vector<std::vector<PassCost>>& costs);
nlohmann::ordered_json plan_schema();

}  // namespace wrcor
