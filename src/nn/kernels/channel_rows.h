#pragma once

#include <cstddef>
#include <span>

// Sums and maps over channels-last float32 tensors as rows of channels, one for every position of
// every image. Sums are formed in float32 over an image and in float64 over the images: the errors
// of a statistic are shared by all samples and show in their correlations.
namespace wrcor {

struct ChannelRows {
  std::size_t images = 0;
  std::size_t positions = 0;  ///< in an image
  std::size_t channels = 0;
};

/// By channel: the sums of value - offset and of its square.
void channel_moments(const float* values, const ChannelRows& shape, std::span<const float> offsets,
                     std::span<double> sums, std::span<double> squares);

/// By channel: the sums of gradient and of gradient * (value - offset).
void channel_products(const float* gradients, const float* values, const ChannelRows& shape,
                      std::span<const float> offsets, std::span<double> sums,
                      std::span<double> products);

/// factor * (value - offset) + constant, with one of each per channel; null: the value itself.
struct ChannelCoefficients {
  const float* offsets = nullptr;
  const float* factors = nullptr;
  const float* constants = nullptr;
};

/// @param scale  not null
void scale_channels(const float* values, const ChannelRows& shape, const ChannelCoefficients& scale,
                    float* target);

struct ScaledValues {
  const float* values;
  ChannelCoefficients scale;
};

/// The sum of several scaled tensors, from left to right.
void sum_scaled(std::span<const ScaledValues> terms, const ChannelRows& shape, float* target);

/// target = scale * (gradient - mean - slope * (value - offset)), with one of each per channel.
void combine_channels(const float* gradients, const float* values, const ChannelRows& shape,
                      std::span<const float> offsets, std::span<const float> means,
                      std::span<const float> slopes, std::span<const float> scales, float* target);

}  // namespace wrcor
