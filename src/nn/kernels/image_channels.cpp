#include "image_channels.h"

#include <algorithm>

#include "core/vector_targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "nn/kernels/image_channels.cpp"
#include <hwy/foreach_target.h>

#include <hwy/cache_control.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
#include "channel_lanes.h"
namespace wrcor::HWY_NAMESPACE {
namespace {

// Plain loops over the channels, which compilers vectorise.

constexpr std::size_t rows_per_step = 4;  // for each read and write of the sums

/// @param value_of  the number in float64 at an index
template <typename ValueOf>
HWY_INLINE void sum_images(const ChannelRows& shape, const ValueOf& value_of,
                           double* HWY_RESTRICT sums) {
  const std::size_t channels = shape.channels;
  std::fill_n(sums, shape.images * channels, 0.0);
  for (std::size_t image = 0; image < shape.images; ++image, sums += channels) {
    const std::size_t first = image * shape.positions * channels;
    std::size_t row = 0;
    for (; row + rows_per_step <= shape.positions; row += rows_per_step) {
      for (std::size_t c = 0; c < channels; ++c) {
        const std::size_t at = first + row * channels + c;
        sums[c] += (value_of(at) + value_of(at + channels)) +
                   (value_of(at + 2 * channels) + value_of(at + 3 * channels));
      }
    }
    for (; row < shape.positions; ++row) {
      for (std::size_t c = 0; c < channels; ++c) sums[c] += value_of(first + row * channels + c);
    }
  }
}

void sum_values(const float* values, const ChannelRows& shape, double* sums) {
  sum_images(
      shape, [=](std::size_t at) HWY_ATTR { return double{values[at]}; }, sums);
}

void sum_pairs(const float* a, const float* b, const ChannelRows& shape, double* sums) {
  sum_images(
      shape, [=](std::size_t at) HWY_ATTR { return double{a[at]} * double{b[at]}; }, sums);
}

void multiply(const float* HWY_RESTRICT values, const float* HWY_RESTRICT factors,
              const ChannelRows& shape, float* HWY_RESTRICT target) {
  const std::size_t channels = shape.channels;
  for (std::size_t image = 0; image < shape.images; ++image, factors += channels) {
    for (std::size_t row = 0; row < shape.positions; ++row) {
      for (std::size_t c = 0; c < channels; ++c) target[c] = values[c] * factors[c];
      values += channels;
      target += channels;
    }
  }
}

}  // namespace
}  // namespace wrcor::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace wrcor {

HWY_EXPORT(sum_values);
HWY_EXPORT(sum_pairs);
HWY_EXPORT(multiply);

void sum_positions(const float* values, const ChannelRows& shape, double* sums) {
  HWY_DYNAMIC_DISPATCH(sum_values)(values, shape, sums);
}

void sum_products(const float* a, const float* b, const ChannelRows& shape, double* sums) {
  HWY_DYNAMIC_DISPATCH(sum_pairs)(a, b, shape, sums);
}

void multiply_channels(const float* values, const float* factors, const ChannelRows& shape,
                       float* target) {
  HWY_DYNAMIC_DISPATCH(multiply)(values, factors, shape, target);
}

}  // namespace wrcor
#endif
