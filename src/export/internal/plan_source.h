#pragma once

#include <string>

#include "wrcor/space/network_plan.h"

namespace wrcor {

/// Python source of a network: the classes that its modules need, the last of them `Network`. The
/// names of its tensors are those of the plan.
std::string plan_source(const NetworkPlan& plan, int classes_count);

}  // namespace wrcor
