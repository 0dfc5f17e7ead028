#pragma once

#include <span>
#include <vector>

#include "wrcor/nn/network.h"
#include "wrcor/proxy/observation.h"

namespace wrcor {

/// Whether observe_batch() can measure all of it: correlations of responses, and logits.
bool fits_batch(Requirements requirements);

/// Runs several networks over one minibatch as one batch.
///
/// @param inputs  of the networks but for the network; what is referred to outlives the result
/// @param networks  at least one
/// @return for each network what an Observation of it alone holds, up to rounding, and no passes
std::vector<Observation> observe_batch(const Observation::Inputs& inputs,
                                       std::span<const Network> networks,
                                       Requirements requirements);

}  // namespace wrcor
