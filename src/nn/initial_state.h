#pragma once

#include <ATen/ATen.h>

#include <map>
#include <string>

#include "nn/weights.h"
#include "wrcor/space/network_plan.h"

namespace wrcor {

/// The state dict of an untrained network: its parameters, and batch-norm statistics that have seen
/// no minibatch (mean 0, variance 1, 0 minibatches).
/// @return by name, in the form that StateDict accepts; the parameters belong to `weights`
std::map<std::string, at::Tensor> initial_state(const NetworkPlan& plan,
                                                const WeightSource& weights);

}  // namespace wrcor
