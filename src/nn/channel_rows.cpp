#include "channel_rows.h"

#include <algorithm>

#include "wrcor/core/vector_targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "nn/channel_rows.cpp"
#include <hwy/foreach_target.h>

#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
#include "channel_lanes.h"
namespace wrcor::HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

/// Calls visit(image, channel, lanes) for every group of channels of every image.
template <typename Visit>
void for_each_group(const ChannelRows& shape, const Visit& visit) {
  with_channel_lanes(shape.channels, [&](auto lanes) {
    for (std::size_t image = 0; image < shape.images; ++image) {
      for (std::size_t c = 0; c < shape.channels; c += hn::Lanes(lanes)) visit(image, c, lanes);
    }
  });
}

template <typename Lanes, typename V>
HWY_INLINE void add_lanes(Lanes lanes, V sum, double* totals) {
  HWY_ALIGN float values[hn::MaxLanes(lanes)];
  hn::Store(sum, lanes, values);
  for (std::size_t i = 0; i < hn::Lanes(lanes); ++i) totals[i] += values[i];
}

// Independent sums, which also hide the latency of an addition.
constexpr std::size_t chains = 4;

/// Adds the sums over an image of first and second(row) to the totals of a group of channels.
/// @param pair_of  makes two vectors of the row that starts at an index
template <typename Lanes, typename PairOf>
HWY_INLINE void sum_pairs(Lanes lanes, const ChannelRows& shape, std::size_t start,
                          const PairOf& pair_of, double* first_totals, double* second_totals) {
  using V = hn::Vec<Lanes>;
  V first[chains], second[chains];
  for (std::size_t k = 0; k < chains; ++k) first[k] = second[k] = hn::Zero(lanes);
  const auto add = [&](std::size_t row, std::size_t k) HWY_ATTR {
    const auto [x, y] = pair_of(start + row * shape.channels);
    first[k] = hn::Add(first[k], x);
    second[k] = hn::Add(second[k], y);
  };
  std::size_t row = 0;
  for (; row + chains <= shape.positions; row += chains) {
    for (std::size_t k = 0; k < chains; ++k) add(row + k, k);
  }
  for (; row < shape.positions; ++row) add(row, 0);
  for (std::size_t k = 1; k < chains; ++k) {
    first[0] = hn::Add(first[0], first[k]);
    second[0] = hn::Add(second[0], second[k]);
  }
  add_lanes(lanes, first[0], first_totals);
  add_lanes(lanes, second[0], second_totals);
}

template <typename V>
struct Pair {
  V first, second;
};

/// Sums two things over all rows, by channel.
/// @param pair_of  makes them of the lanes, an index and the centred value there
template <typename PairOf>
void sum_rows(const float* values, const ChannelRows& shape, std::span<const float> offsets,
              const PairOf& pair_of, std::span<double> first, std::span<double> second) {
  std::fill(first.begin(), first.end(), 0.0);
  std::fill(second.begin(), second.end(), 0.0);
  for_each_group(shape, [&](std::size_t image, std::size_t c, auto lanes) HWY_ATTR {
    const auto offset = hn::LoadU(lanes, offsets.data() + c);
    sum_pairs(
        lanes, shape, image * shape.positions * shape.channels + c,
        [&](std::size_t at)
            HWY_ATTR { return pair_of(lanes, at, hn::Sub(hn::LoadU(lanes, values + at), offset)); },
        first.data() + c, second.data() + c);
  });
}

/// Makes every row of the target.
/// @param mapping_of  makes, of the lanes and a group's first channel, what makes a vector of an
///                    index and the centred value there
template <typename MappingOf>
void map_rows(const float* values, const ChannelRows& shape, std::span<const float> offsets,
              const MappingOf& mapping_of, float* target) {
  for_each_group(shape, [&](std::size_t image, std::size_t c, auto lanes) HWY_ATTR {
    const auto offset = hn::LoadU(lanes, offsets.data() + c);
    const auto mapping = mapping_of(lanes, c);
    std::size_t at = image * shape.positions * shape.channels + c;
    for (std::size_t row = 0; row < shape.positions; ++row, at += shape.channels) {
      const auto centred = hn::Sub(hn::LoadU(lanes, values + at), offset);
      hn::StoreU(mapping(at, centred), lanes, target + at);
    }
  });
}

void moments(const float* values, const ChannelRows& shape, std::span<const float> offsets,
             std::span<double> sums, std::span<double> squares) {
  sum_rows(
      values, shape, offsets,
      [](auto, std::size_t, auto centred) HWY_ATTR {
        return Pair<decltype(centred)>{centred, hn::Mul(centred, centred)};
      },
      sums, squares);
}

void gradient_products(const float* gradients, const float* values, const ChannelRows& shape,
                       std::span<const float> offsets, std::span<double> sums,
                       std::span<double> products) {
  sum_rows(
      values, shape, offsets,
      [gradients](auto lanes, std::size_t at, auto centred) HWY_ATTR {
        const auto gradient = hn::LoadU(lanes, gradients + at);
        return Pair<decltype(centred)>{gradient, hn::Mul(gradient, centred)};
      },
      sums, products);
}

void scale(const float* values, const ChannelRows& shape, std::span<const float> offsets,
           std::span<const float> factors, std::span<const float> constants, float* target) {
  map_rows(
      values, shape, offsets,
      [&](auto lanes, std::size_t c) HWY_ATTR {
        const auto factor = hn::LoadU(lanes, factors.data() + c),
                   constant = hn::LoadU(lanes, constants.data() + c);
        return [=](std::size_t, auto centred)
                   HWY_ATTR { return hn::MulAdd(factor, centred, constant); };
      },
      target);
}

void combine(const float* gradients, const float* values, const ChannelRows& shape,
             std::span<const float> offsets, std::span<const float> means,
             std::span<const float> slopes, std::span<const float> scales, float* target) {
  map_rows(
      values, shape, offsets,
      [&](auto lanes, std::size_t c) HWY_ATTR {
        const auto mean = hn::LoadU(lanes, means.data() + c),
                   slope = hn::LoadU(lanes, slopes.data() + c),
                   factor = hn::LoadU(lanes, scales.data() + c);
        return [=](std::size_t at, auto centred) HWY_ATTR {
          const auto gradient = hn::Sub(hn::LoadU(lanes, gradients + at), mean);
          return hn::Mul(factor, hn::NegMulAdd(slope, centred, gradient));
        };
      },
      target);
}

}  // namespace
}  // namespace wrcor::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace wrcor {

HWY_EXPORT(moments);
HWY_EXPORT(gradient_products);
HWY_EXPORT(scale);
HWY_EXPORT(combine);

void channel_moments(const float* values, const ChannelRows& shape, std::span<const float> offsets,
                     std::span<double> sums, std::span<double> squares) {
  HWY_DYNAMIC_DISPATCH(moments)(values, shape, offsets, sums, squares);
}

void channel_products(const float* gradients, const float* values, const ChannelRows& shape,
                      std::span<const float> offsets, std::span<double> sums,
                      std::span<double> products) {
  HWY_DYNAMIC_DISPATCH(gradient_products)(gradients, values, shape, offsets, sums, products);
}

void scale_channels(const float* values, const ChannelRows& shape, std::span<const float> offsets,
                    std::span<const float> factors, std::span<const float> constants,
                    float* target) {
  HWY_DYNAMIC_DISPATCH(scale)(values, shape, offsets, factors, constants, target);
}

void combine_channels(const float* gradients, const float* values, const ChannelRows& shape,
                      std::span<const float> offsets, std::span<const float> means,
                      std::span<const float> slopes, std::span<const float> scales, float* target) {
  HWY_DYNAMIC_DISPATCH(combine)
  (gradients, values, shape, offsets, means, slopes, scales, target);
}

}  // namespace wrcor
#endif
