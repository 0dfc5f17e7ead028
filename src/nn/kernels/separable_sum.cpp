#include "separable_sum.h"

#include <algorithm>
#include <cstddef>
#include <vector>

#include "core/aligned_floats.h"
#include "core/vector_targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "nn/kernels/separable_sum.cpp"
#include <hwy/foreach_target.h>

#include <hwy/cache_control.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
#include "channel_lanes.h"
namespace wrcor::HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

/// Sum of weights[k] * vectors[k], vectors `stride` numbers apart, `length` of each.
/// @tparam known_count  number of weights, or 0
template <std::size_t known_count>
HWY_INLINE void sum_vectors(const float* HWY_RESTRICT vectors, std::size_t stride,
                            std::span<const float> weights, std::size_t length,
                            float* HWY_RESTRICT target) {
  const std::size_t count = known_count > 0 ? known_count : weights.size();
  for_each_group(length, [&](std::size_t c, auto group) HWY_ATTR {
    auto sum = hn::Zero(group.lanes);
    for (std::size_t k = 0; k < count; ++k) {
      const auto vector = group.load(vectors + k * stride + c);
      sum = hn::MulAdd(hn::Set(group.lanes, weights[k]), vector, sum);
    }
    group.store(sum, target + c);
  });
}

HWY_INLINE void weighted_sum(const float* vectors, std::size_t stride,
                             std::span<const float> weights, std::size_t length, float* target) {
  if (weights.size() == 3) {  // nearly always
    sum_vectors<3>(vectors, stride, weights, length, target);
  } else {
    sum_vectors<0>(vectors, stride, weights, length, target);
  }
}

/// Adjacent outputs with the same weights, each output's inputs starting one further than those of
/// the one before it: one sum of long vectors.
struct Run {
  const WeightedRange& range;  ///< of the first
  std::size_t length = 1;
};

std::vector<Run> runs_of(std::span<const WeightedRange> ranges) {
  std::vector<Run> runs;
  for (const WeightedRange& range : ranges) {
    const bool is_open =
        !runs.empty() && runs.back().range.weights == range.weights &&
        runs.back().range.first + static_cast<int>(runs.back().length) == range.first;
    if (is_open) {
      ++runs.back().length;
    } else {
      runs.push_back({range});
    }
  }
  return runs;
}

void compute(const float* input, std::size_t images, std::size_t height, std::size_t width,
             std::size_t channels, std::span<const WeightedRange> rows,
             std::span<const WeightedRange> columns, float* output) {
  const std::size_t row_size = width * channels;
  const auto row_sum = aligned_floats(row_size);
  const std::vector<Run> column_runs = runs_of(columns);
  for (std::size_t n = 0; n < images; ++n) {
    const float* image = input + n * height * row_size;
    for (const WeightedRange& row : rows) {
      weighted_sum(image + static_cast<std::size_t>(row.first) * row_size, row_size, row.weights,
                   row_size, row_sum.get());
      const std::size_t below = static_cast<std::size_t>(row.first) + row.weights.size();
      if (below < height) prefetch(image + below * row_size, row_size);
      const std::size_t made = columns.size() * channels;
      if (&row != &rows.back()) prefetch(output + made, made);
      for (const Run& run : column_runs) {
        weighted_sum(row_sum.get() + static_cast<std::size_t>(run.range.first) * channels, channels,
                     run.range.weights, run.length * channels, output);
        output += run.length * channels;
      }
    }
  }
}

}  // namespace
}  // namespace wrcor::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace wrcor {

HWY_EXPORT(compute);

void separable_sum(const float* input, int images, int height, int width, int channels,
                   std::span<const WeightedRange> rows, std::span<const WeightedRange> columns,
                   float* output) {
  HWY_DYNAMIC_DISPATCH(compute)
  (input, static_cast<std::size_t>(images), static_cast<std::size_t>(height),
   static_cast<std::size_t>(width), static_cast<std::size_t>(channels), rows, columns, output);
}

}  // namespace wrcor
#endif
