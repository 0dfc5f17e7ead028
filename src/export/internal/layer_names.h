#pragma once

#include <string>
#include <vector>

#include "wrcor/space/network_plan.h"

// How layers are named in source: that of TorchScript, and of Python.
namespace wrcor {

/// "cells.0.op" -> {"cells", "0", "op"}
std::vector<std::string> parts_of_name(const std::string& path);

/// The output of a layer: "cells.0.op" -> "cells_0_op"
std::string layer_variable(const Layer& layer);

/// "cells_0_nodes_1 = torch.relu(stem_0)". @param i  above 0
std::string layer_statement(const NetworkPlan& plan, std::size_t i);

}  // namespace wrcor
