#pragma once

#include "channel_rows.h"

// Sums and products by image and channel, over channels-last float32 tensors. Sums are in float64.
namespace wrcor {

/// @param sums  [images, channels], are set: of the values over an image's positions
void sum_positions(const float* values, const ChannelRows& shape, double* sums);

/// @param sums  [images, channels], are set: of the products of two tensors
void sum_products(const float* a, const float* b, const ChannelRows& shape, double* sums);

/// @param factors  [images, channels]
void multiply_channels(const float* values, const float* factors, const ChannelRows& shape,
                       float* target);

}  // namespace wrcor
