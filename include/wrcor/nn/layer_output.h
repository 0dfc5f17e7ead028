#pragma once

#include <span>

#include <ATen/ATen.h>

#include "wrcor/nn/network.h"

namespace wrcor {

/// What a layer makes of its inputs, in a new tensor. Batch norms, which have modes and a state,
/// and the input layer are not for this function: std::logic_error.
at::Tensor layer_output(const Layer& layer, const Network::LayerWeights& weights,
                        std::span<const at::Tensor> inputs);

}  // namespace wrcor
