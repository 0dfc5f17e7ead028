#pragma once

#include <span>
#include <vector>

#include "nn/network.h"
#include "proxy/observation.h"

namespace wrcor {

/// Runs several networks on one minibatch as one batch. Waits for a device only once.
///
/// @param inputs  common to the networks; its network is ignored; referenced objects outlive the
///         result
/// @param networks  at least one
/// @return for each network the Observation that it would have alone, up to rounding, but without
///         passes
std::vector<Observation> observe_batch(const Observation::Inputs& inputs,
                                       std::span<const Network> networks,
                                       Requirements requirements);

/// The most bytes that observe_batch() holds on a device for these networks, found by running its
/// steps without tensors: activations, gradients, copies and the sums of responses.
/// @param images  of the minibatch, for their shape
std::int64_t batch_bytes(std::span<const NetworkPlan> plans, const at::Tensor& images,
                         Counting counting, Requirements requirements);
/// Further bytes that a batch of any size may hold.
constexpr std::int64_t batch_overhead_bytes = std::int64_t{512} << 20;

}  // namespace wrcor
