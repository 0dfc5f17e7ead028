#include "channel_rows.h"

#include <algorithm>

#include "core/aligned_floats.h"
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

// Independent sums, which also hide the latency of an addition.
constexpr std::size_t chains = 4;

/// Rows that are visited for one group of channels before the next, so that they are read from
/// memory only once. A multiple of the chains.
std::size_t rows_per_step(std::size_t channels) {
  constexpr std::size_t numbers = 4096, least = 16;
  return std::max(least, numbers / channels / chains * chains);
}

/// Some rows of an image and a group of channels.
struct RowPart {
  std::size_t start;  ///< index of the first number
  std::size_t rows, channels;
  bool first, last;  ///< of the image
};

/// Adds the sums of chains to the totals of a group of channels.
template <typename Group, typename V>
HWY_INLINE void add_chains(Group group, const V (&sums)[chains], double* totals) {
  V sum = sums[0];
  for (std::size_t k = 1; k < chains; ++k) sum = hn::Add(sum, sums[k]);
  HWY_ALIGN float values[hn::MaxLanes(group.lanes)];
  hn::Store(sum, group.lanes, values);
  for (std::size_t i = 0; i < group.count(); ++i) totals[i] += values[i];
}

/// Two sums over rows. A separate function, so that the loop has all registers.
/// @param pair_of  computes two vectors from the row that starts at an index
/// @param held  [2, chains] vectors between the parts of an image
template <typename Group, typename PairOf>
HWY_NOINLINE void add_rows(Group group, PairOf pair_of, const RowPart& part, float* held,
                           double* first_totals, double* second_totals) {
  using V = typename Group::V;
  constexpr auto lanes = Group::lanes;
  const std::size_t step = hn::Lanes(lanes), rows = part.rows, channels = part.channels;
  V first[chains], second[chains];
  for (std::size_t k = 0; k < chains; ++k) {
    first[k] = part.first ? hn::Zero(lanes) : hn::Load(lanes, held + k * step);
    second[k] = part.first ? hn::Zero(lanes) : hn::Load(lanes, held + (chains + k) * step);
  }
  std::size_t at = part.start;
  const auto add = [&](std::size_t k) HWY_ATTR {
    const auto [x, y] = pair_of(at);
    first[k] = hn::Add(first[k], x);
    second[k] = hn::Add(second[k], y);
    at += channels;
  };
  std::size_t row = 0;
  for (; row + chains <= rows; row += chains) {
    for (std::size_t k = 0; k < chains; ++k) add(k);
  }
  for (; row < rows; ++row) add(0);
  if (part.last) {
    add_chains(group, first, first_totals);
    add_chains(group, second, second_totals);
    return;
  }
  for (std::size_t k = 0; k < chains; ++k) {
    hn::Store(first[k], lanes, held + k * step);
    hn::Store(second[k], lanes, held + (chains + k) * step);
  }
}

template <typename V>
struct Pair {
  V first, second;
};

/// Sums two things over all rows, by channel.
/// @param pair_of  computes them from a group, an index and the centred value there
template <typename PairOf>
void sum_rows(const float* values, const ChannelRows& shape, std::span<const float> offsets,
              const PairOf& pair_of, std::span<double> first, std::span<double> second) {
  std::fill(first.begin(), first.end(), 0.0);
  std::fill(second.begin(), second.end(), 0.0);
  const std::size_t channels = shape.channels, step = rows_per_step(channels);
  const auto held = aligned_floats(padded_channels(channels) * 2 * chains);
  for (std::size_t image = 0; image < shape.images; ++image) {
    for (std::size_t row = 0; row < shape.positions; row += step) {
      const std::size_t start = (image * shape.positions + row) * channels,
                        rows = std::min(step, shape.positions - row);
      for_each_group(channels, [&](std::size_t c, auto group) HWY_ATTR {
        const auto offset = group.load(offsets.data() + c);
        const auto of_row = [=](std::size_t at) HWY_ATTR {
          return pair_of(group, at, hn::Sub(group.load(values + at), offset));
        };
        add_rows(group, of_row,
                 {start + c, rows, channels, row == 0, row + rows == shape.positions},
                 held.get() + c * 2 * chains, first.data() + c, second.data() + c);
      });
    }
  }
}

/// A separate function, so that the loop has all registers.
/// @param mapping  computes a vector from an index
template <typename Group, typename Mapping>
HWY_NOINLINE void map_group(Group group, Mapping mapping, std::size_t at, std::size_t rows,
                            std::size_t channels, float* target) {
  for (std::size_t row = 0; row < rows; ++row, at += channels)
    group.store(mapping(at), target + at);
}

/// Computes every row of the target.
/// @param mapping_of  returns, for a group and its first channel, the mapping of an index to a
///                    vector
template <typename MappingOf>
void map_rows(const ChannelRows& shape, const MappingOf& mapping_of, float* target) {
  const std::size_t channels = shape.channels, all = shape.images * shape.positions,
                    step = rows_per_step(channels);
  for (std::size_t first = 0; first < all; first += step) {
    const std::size_t rows = std::min(step, all - first);
    for_each_group(channels, [&](std::size_t c, auto group) HWY_ATTR {
      map_group(group, mapping_of(group, c), first * channels + c, rows, channels, target);
    });
  }
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
      [gradients](auto group, std::size_t at, auto centred) HWY_ATTR {
        const auto gradient = group.load(gradients + at);
        return Pair<decltype(centred)>{gradient, hn::Mul(gradient, centred)};
      },
      sums, products);
}

/// Maps an index to a scaled vector.
template <typename Group>
auto scaled(Group group, std::size_t c, const float* values, const ChannelCoefficients& scale) {
  const auto offset = group.load(scale.offsets + c), factor = group.load(scale.factors + c),
             constant = group.load(scale.constants + c);
  return [=](std::size_t at) HWY_ATTR {
    return hn::MulAdd(factor, hn::Sub(group.load(values + at), offset), constant);
  };
}

void scale(const float* values, const ChannelRows& shape, const ChannelCoefficients& coefficients,
           float* target) {
  map_rows(
      shape,
      [&](auto group, std::size_t c) HWY_ATTR { return scaled(group, c, values, coefficients); },
      target);
}

/// Adds a term to the target, or sets it to the first one.
void take_term(const ScaledValues& term, bool first, const ChannelRows& shape, float* target) {
  const float* values = term.values;
  const auto add_to_target = [&](auto group, auto value_of) HWY_ATTR {
    return [=](std::size_t at) HWY_ATTR { return hn::Add(group.load(target + at), value_of(at)); };
  };
  const auto plain = [&](auto group) HWY_ATTR {
    return [=](std::size_t at) HWY_ATTR { return group.load(values + at); };
  };
  if (term.scale.factors == nullptr) {
    if (first) {
      std::copy_n(values, shape.images * shape.positions * shape.channels, target);
    } else {
      map_rows(
          shape,
          [&](auto group, std::size_t) HWY_ATTR { return add_to_target(group, plain(group)); },
          target);
    }
  } else if (first) {
    scale(values, shape, term.scale, target);
  } else {
    map_rows(
        shape,
        [&](auto group, std::size_t c)
            HWY_ATTR { return add_to_target(group, scaled(group, c, values, term.scale)); },
        target);
  }
}

void sum(std::span<const ScaledValues> terms, const ChannelRows& shape, float* target) {
  // The number of positions per piece is small enough for the target to stay in the first-level
  // cache.
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
      [&](auto group, std::size_t c) HWY_ATTR {
        const auto offset = group.load(offsets.data() + c), mean = group.load(means.data() + c),
                   slope = group.load(slopes.data() + c), factor = group.load(scales.data() + c);
        return [=](std::size_t at) HWY_ATTR {
          const auto centred = hn::Sub(group.load(values + at), offset);
          const auto gradient = hn::Sub(group.load(gradients + at), mean);
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
