#pragma once

#include <span>
#include <vector>

#include "nn/network.h"
#include "proxy/observation.h"

namespace wrcor {

/// Whether observe_batch() can measure all of it: correlations of responses, and logits.
bool fits_batch(Requirements requirements);

/// Runs several networks on one minibatch as one batch.
///
/// @param inputs  common to the networks; its network is ignored; referenced objects outlive the
///         result
/// @param networks  at least one
/// @return for each network the Observation of it alone, up to rounding, but without passes
std::vector<Observation> observe_batch(const Observation::Inputs& inputs,
                                       std::span<const Network> networks,
                                       Requirements requirements);

}  // namespace wrcor
