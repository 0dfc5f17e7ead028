#include "channel_rows.h"

#include <algorithm>

#include "core/vector_targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "nn/kernels/channel_rows.cpp"
#include <hwy/foreach_target.h>

#include <hwy/cache_control.h>
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
///                    index
template <typename MappingOf>
void map_rows(const ChannelRows& shape, const MappingOf& mapping_of, float* target) {
  for_each_group(shape, [&](std::size_t image, std::size_t c, auto lanes) HWY_ATTR {
    const auto mapping = mapping_of(lanes, c);
    std::size_t at = image * shape.positions * shape.channels + c;
    for (std::size_t row = 0; row < shape.positions; ++row, at += shape.channels)
      hn::StoreU(mapping(at), lanes, target + at);
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

/// Makes a scaled vector of an index.
template <typename Lanes>
auto scaled(Lanes lanes, std::size_t c, const float* values, const ChannelCoefficients& scale) {
  const auto offset = hn::LoadU(lanes, scale.offsets + c),
             factor = hn::LoadU(lanes, scale.factors + c),
             constant = hn::LoadU(lanes, scale.constants + c);
  return [=](std::size_t at) HWY_ATTR {
    return hn::MulAdd(factor, hn::Sub(hn::LoadU(lanes, values + at), offset), constant);
  };
}

void scale(const float* values, const ChannelRows& shape, const ChannelCoefficients& coefficients,
           float* target) {
  map_rows(
      shape,
      [&](auto lanes, std::size_t c) HWY_ATTR { return scaled(lanes, c, values, coefficients); },
      target);
}

/// Adds a term to the target, or sets it to the first one.
void take_term(const ScaledValues& term, bool first, const ChannelRows& shape, float* target) {
  const float* values = term.values;
  const auto add_to_target = [&](auto lanes, auto value_of) HWY_ATTR {
    return [=](std::size_t at)
               HWY_ATTR { return hn::Add(hn::LoadU(lanes, target + at), value_of(at)); };
  };
  const auto plain = [&](auto lanes) HWY_ATTR {
    return [=](std::size_t at) HWY_ATTR { return hn::LoadU(lanes, values + at); };
  };
  if (term.scale.factors == nullptr) {
    if (first) {
      std::copy_n(values, shape.images * shape.positions * shape.channels, target);
    } else {
      map_rows(
          shape,
          [&](auto lanes, std::size_t) HWY_ATTR { return add_to_target(lanes, plain(lanes)); },
          target);
    }
  } else if (first) {
    scale(values, shape, term.scale, target);
  } else {
    map_rows(
        shape,
        [&](auto lanes, std::size_t c)
            HWY_ATTR { return add_to_target(lanes, scaled(lanes, c, values, term.scale)); },
        target);
  }
}

void sum(std::span<const ScaledValues> terms, const ChannelRows& shape, float* target) {
  // As many positions at a time as leave the target in the first-level cache.
  constexpr std::size_t piece = 4096;
  const std::size_t positions = shape.images * shape.positions,
                    step = std::max<std::size_t>(1, piece / shape.channels);
  for (std::size_t start = 0; start < positions; start += step) {
    const ChannelRows part{1, std::min(step, positions - start), shape.channels};
    const std::size_t at = start * shape.channels;
    for (std::size_t k = 0; k < terms.size(); ++k)
      take_term({terms[k].values + at, terms[k].scale}, k == 0, part, target + at);
  }
}

void combine(const float* gradients, const float* values, const ChannelRows& shape,
             std::span<const float> offsets, std::span<const float> means,
             std::span<const float> slopes, std::span<const float> scales, float* target) {
  map_rows(
      shape,
      [&](auto lanes, std::size_t c) HWY_ATTR {
        const auto offset = hn::LoadU(lanes, offsets.data() + c),
                   mean = hn::LoadU(lanes, means.data() + c),
                   slope = hn::LoadU(lanes, slopes.data() + c),
                   factor = hn::LoadU(lanes, scales.data() + c);
        return [=](std::size_t at) HWY_ATTR {
          const auto centred = hn::Sub(hn::LoadU(lanes, values + at), offset);
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
HWY_EXPORT(sum);
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

void scale_channels(const float* values, const ChannelRows& shape, const ChannelCoefficients& scale,
                    float* target) {
  HWY_DYNAMIC_DISPATCH(scale)(values, shape, scale, target);
}

void sum_scaled(std::span<const ScaledValues> terms, const ChannelRows& shape, float* target) {
  HWY_DYNAMIC_DISPATCH(sum)(terms, shape, target);
}

void combine_channels(const float* gradients, const float* values, const ChannelRows& shape,
                      std::span<const float> offsets, std::span<const float> means,
                      std::span<const float> slopes, std::span<const float> scales, float* target) {
  HWY_DYNAMIC_DISPATCH(combine)
  (gradients, values, shape, offsets, means, slopes, scales, target);
}

}  // namespace wrcor
#endif
