#pragma once

#include <vector>

#include "proxy/observation.h"

// Measurements that have passes of their own, of one network.
namespace wrcor {

/// Correlation of the rows of X [..., C, P], float64; 0 where a row is constant, for which it is
/// undefined.
at::Tensor channel_correlation(const at::Tensor& x);

/// A recorded tensor for the first image.
struct RecordedChannels {
  int count = 0;        ///< modules of the published network that give it
  at::Tensor channels;  ///< [C, P]
};

/// From a forward pass of the first image, in order of execution, on the device.
std::vector<RecordedChannels> recorded_channels(const Network& network, const at::Tensor& images);
/// @param recorded  on the host
std::vector<ChannelRecord> channel_records(const std::vector<RecordedChannels>& recorded);

/// Whether, without batch norm, a factor of a block's output is a factor of the sum of the logits.
/// Biases of the classifier do not matter, as no gradient depends on them.
bool is_homogeneous(const NetworkPlan& plan);

/// From a forward and a backward pass of one image of ones.
/// @param images  of the minibatch, for their shape
/// @return [1 + weight layers] float64 on the device: the exponent, and the sum over each layer
at::Tensor path_terms(const Network& network, const at::Tensor& images, NormMode norms,
                      Activations activations);
/// @param terms  of path_terms(), on the host
PathStrength path_strength(const at::Tensor& terms);

/// Mean |g| / deviation of g, of two values; 0 where they are equal. @param a, b  float64
at::Tensor stability(const at::Tensor& a, const at::Tensor& b);

/// From a forward and a backward pass of each half; of an odd number of images the second has one
/// more. @param images  at least 4
/// @return [weight layers, 2] float64 on the device: the sum, and whether all is finite; undefined
///         when no gradient reaches a layer
at::Tensor half_terms(const Network& network, const at::Tensor& images, const at::Tensor& labels,
                      Activations activations);
/// @param terms  of half_terms(), on the host
HalfGradients half_gradients(const at::Tensor& terms);

}  // namespace wrcor
