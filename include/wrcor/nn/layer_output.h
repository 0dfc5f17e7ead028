#pragma once

#include <span>

#include <ATen/ATen.h>

#include "wrcor/nn/network.h"

namespace wrcor {

/// What a layer makes of its inputs, in a new tensor. Batch norms, which have modes and a state,
/// and the input layer are not for this function: std::logic_error.
at::Tensor layer_output(const Layer& layer, const Network::LayerWeights& weights,
                        std::span<const at::Tensor> inputs);

/// The gradient at the layer's input (at each input of a sum) from the one at its output; undefined
/// where none passes. Not for batch norms and convolutions, which have functions of their own.
///
/// @param input  of a ReLU: its input (the output serves as well); not used for others
/// @param shape  of the input
at::Tensor layer_input_gradient(const Layer& layer, const Network::LayerWeights& weights,
                                const at::Tensor& gradient, const at::Tensor& input,
                                const FeatureShape& shape);

/// a b + bias, summed in float64: for the classifier, whose products are small, so that its bits do
/// not depend on the BLAS.
/// @param a  [M, K]
/// @param b  [K, N]
/// @param bias  [N], or undefined
/// @return [M, N] of the type of a
at::Tensor exact_product(const at::Tensor& a, const at::Tensor& b, const at::Tensor& bias = {});

}  // namespace wrcor
