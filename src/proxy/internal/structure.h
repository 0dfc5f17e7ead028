#pragma once

#include <cstdint>

#include "wrcor/space/network_plan.h"

// Properties of a network's structure that several proxies use.
namespace wrcor {

/// Number of trainable tensors: weights, biases, gammas and betas.
std::int64_t trainable_tensors(const NetworkPlan& plan);

/// Whether a batch norm receives a single value of a channel from one image: its deviation is zero.
bool norm_of_one_value(const NetworkPlan& plan);

}  // namespace wrcor
