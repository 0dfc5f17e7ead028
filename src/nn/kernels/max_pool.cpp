#include "max_pool.h"

#include <algorithm>
#include <limits>

#include "core/vector_targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "nn/kernels/max_pool.cpp"
#include <hwy/foreach_target.h>

#include <hwy/cache_control.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
#include "channel_lanes.h"
namespace wrcor::HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

/// The inputs of a window along one axis, [begin, end).
struct Range {
  std::size_t begin, end;
};

Range inputs_of(std::size_t output, std::size_t inputs, const MaxPoolSize& size) {
  const std::size_t first = output * size.stride;  // of an axis that begins with the padding
  return {std::max(first, size.padding) - size.padding,
          std::min(first + size.kernel, inputs + size.padding) - size.padding};
}

/// Calls visit(rows, columns, output's index, image's index) for every window of every image.
template <typename Visit>
HWY_INLINE void for_each_window(const MaxPoolSize& size, const Visit& visit) {
  const std::size_t image_size = size.input_height * size.input_width * size.channels;
  std::size_t at = 0;
  for (std::size_t image = 0; image < size.images; ++image) {
    for (std::size_t i = 0; i < size.output_height; ++i) {
      const Range rows = inputs_of(i, size.input_height, size);
      for (std::size_t j = 0; j < size.output_width; ++j, at += size.channels)
        visit(rows, inputs_of(j, size.input_width, size), at, image * image_size);
    }
  }
}

/// Calls visit(index of a position's first channel) for every position of a window.
template <typename Visit>
HWY_INLINE void for_each_position(const Range& rows, const Range& columns, const MaxPoolSize& size,
                                  const Visit& visit) {
  for (std::size_t row = rows.begin; row < rows.end; ++row) {
    for (std::size_t column = columns.begin; column < columns.end; ++column)
      visit((row * size.input_width + column) * size.channels);
  }
}

/// Lanes whose value wins against the largest before it. Ne() is false for a NaN in some
/// instruction sets.
template <typename V>
HWY_INLINE auto wins(V value, V largest) {
  return hn::Or(hn::Gt(value, largest), hn::Not(hn::Eq(value, value)));
}

void pool(const float* HWY_RESTRICT input, const MaxPoolSize& size, float* HWY_RESTRICT output) {
  for_each_window(size, [&](Range rows, Range columns, std::size_t at, std::size_t image) HWY_ATTR {
    for_each_group(size.channels, [&](std::size_t c, auto group) HWY_ATTR {
      auto largest = hn::Set(group.lanes, -std::numeric_limits<float>::infinity());
      for_each_position(rows, columns, size, [&](std::size_t position) HWY_ATTR {
        const auto value = group.load(input + image + position + c);
        largest = hn::IfThenElse(wins(value, largest), value, largest);
      });
      group.store(largest, output + at + c);
    });
  });
}

void pass_back(const float* HWY_RESTRICT input, const float* HWY_RESTRICT gradient,
               const MaxPoolSize& size, float* HWY_RESTRICT input_gradient) {
  std::fill_n(input_gradient, size.images * size.input_height * size.input_width * size.channels,
              0.0f);
  for_each_window(size, [&](Range rows, Range columns, std::size_t at, std::size_t image) HWY_ATTR {
    for_each_group(size.channels, [&](std::size_t c, auto group) HWY_ATTR {
      auto largest = hn::Set(group.lanes, -std::numeric_limits<float>::infinity());
      auto winner = hn::Zero(group.lanes);  // numbers of positions: the first, if all are equal
      float number = 0;
      for_each_position(rows, columns, size, [&](std::size_t position) HWY_ATTR {
        const auto value = group.load(input + image + position + c);
        const auto won = wins(value, largest);
        largest = hn::IfThenElse(won, value, largest);
        winner = hn::IfThenElse(won, hn::Set(group.lanes, number), winner);
        ++number;
      });
      const auto mine = group.load(gradient + at + c);
      number = 0;
      for_each_position(rows, columns, size, [&](std::size_t position) HWY_ATTR {
        float* target = input_gradient + image + position + c;
        const auto gets = hn::Eq(winner, hn::Set(group.lanes, number));
        group.store(hn::Add(group.load(target), hn::IfThenElseZero(gets, mine)), target);
        ++number;
      });
    });
  });
}

}  // namespace
}  // namespace wrcor::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace wrcor {

HWY_EXPORT(pool);
HWY_EXPORT(pass_back);

void max_pool(const float* input, const MaxPoolSize& size, float* output) {
  HWY_DYNAMIC_DISPATCH(pool)(input, size, output);
}

void max_pool_gradient(const float* input, const float* gradient, const MaxPoolSize& size,
                       float* input_gradient) {
  HWY_DYNAMIC_DISPATCH(pass_back)(input, gradient, size, input_gradient);
}

}  // namespace wrcor
#endif
