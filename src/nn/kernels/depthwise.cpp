#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "convolution_kernels.h"
#include "convolution_parts.h"
#include "core/aligned_floats.h"
#include "core/vector_targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "nn/kernels/depthwise.cpp"
#include <hwy/foreach_target.h>

#include <hwy/cache_control.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
#include "channel_lanes.h"
#include "convolution_lanes.h"
namespace wrcor::HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

/// For one group of channels: the input rows that are summed to a row of outputs, and their
/// weights.
struct Rows {
  std::vector<const float*> inputs;   ///< [columns, lanes], from the first that a weight meets
  std::vector<const float*> weights;  ///< [taps, lanes]
};

/// Outputs side by side, summed in registers.
/// @tparam known_taps  weights in a row, or 0
/// @tparam known_step  inputs from one output to the next, or 0
template <std::size_t known_taps, std::size_t known_step, std::size_t count, typename Store>
HWY_INLINE void sum_outputs(const Rows& rows, std::size_t first, std::size_t any_taps,
                            std::size_t any_step, const Store& store) {
  constexpr auto lanes = WholeGroup::lanes;
  using V = WholeGroup::V;
  const std::size_t taps = known_taps > 0 ? known_taps : any_taps,
                    step = known_step > 0 ? known_step : any_step;
  V sums[count];
  for (V& sum : sums) sum = hn::Zero(lanes);
  for (std::size_t row = 0; row < rows.inputs.size(); ++row) {
    const float* HWY_RESTRICT inputs = rows.inputs[row] + first * step * hn::Lanes(lanes);
    const float* HWY_RESTRICT weights = rows.weights[row];
    for (std::size_t j = 0; j < taps; ++j) {
      const V weight = hn::Load(lanes, weights + j * hn::Lanes(lanes));
      for (std::size_t t = 0; t < count; ++t) {
        const V input = hn::Load(lanes, inputs + (t * step + j) * hn::Lanes(lanes));
        sums[t] = hn::MulAdd(input, weight, sums[t]);
      }
    }
  }
  for (std::size_t t = 0; t < count; ++t) store(sums[t], first + t);
}

/// A row of outputs. @param store  is given a sum and its position, some of them twice
template <std::size_t known_taps, std::size_t known_step, typename Store>
HWY_INLINE void sum_row(const Rows& rows, const Axis& columns, const Store& store) {
  const auto outputs = static_cast<std::size_t>(columns.outputs),
             taps = static_cast<std::size_t>(columns.taps),
             step = static_cast<std::size_t>(columns.input_step);
  const auto by = [&]<std::size_t count>(std::size_t begin) HWY_ATTR {
    for (; begin + count <= outputs; begin += count)
      sum_outputs<known_taps, known_step, count>(rows, begin, taps, step, store);
    if (begin < outputs)  // with the last of those before
      sum_outputs<known_taps, known_step, count>(rows, outputs - count, taps, step, store);
  };
  if (outputs >= 8) {
    by.template operator()<8>(0);
  } else if (outputs >= 4) {
    by.template operator()<4>(0);
  } else {
    by.template operator()<1>(0);
  }
}

template <typename Store>
void sum_any_row(const Rows& rows, const Axis& columns, const Store& store) {
  if (columns.input_step == 1) {
    switch (columns.taps) {
      case 1:
        return sum_row<1, 1>(rows, columns, store);
      case 2:
        return sum_row<2, 1>(rows, columns, store);
      case 3:
        return sum_row<3, 1>(rows, columns, store);
      case 4:
        return sum_row<4, 1>(rows, columns, store);
      case 5:
        return sum_row<5, 1>(rows, columns, store);
      case 7:
        return sum_row<7, 1>(rows, columns, store);
      default:
        break;
    }
  } else if (columns.input_step == 2) {
    switch (columns.taps) {
      case 3:
        return sum_row<3, 2>(rows, columns, store);
      case 5:
        return sum_row<5, 2>(rows, columns, store);
      case 7:
        return sum_row<7, 2>(rows, columns, store);
      default:
        break;
    }
  }
  sum_row<0, 0>(rows, columns, store);
}

/// Holds the last rows of an image, group by group of channels, with zeros on both sides.
class Depthwise {
 public:
  Depthwise(const ConvolutionParts& sizes, const float* weights, const ReluFusion& fusion)
      : sizes_(sizes), fusion_(fusion), padded_(padded_channels(sizes.inputs)) {
    std::size_t right = sizes.input_width;
    for (const Part& part : sizes.parts) {
      left_ = std::max(left_, static_cast<std::size_t>(std::max(0, -part.columns.first_input)));
      const int reach = part.columns.first_input +
                        (part.columns.outputs - 1) * part.columns.input_step + part.columns.taps;
      right = std::max(right, static_cast<std::size_t>(std::max(0, reach)));
      weights_.push_back(weights_of(part, weights));
    }
    width_ = left_ + right;
    const std::size_t held = sizes.kernel * width_ * padded_;
    held_ = aligned_floats(held);
    std::fill_n(held_.get(), held, 0.0f);
  }

  void run(const float* input, float* output) {
    const std::size_t input_size = sizes_.input_height * sizes_.input_width * sizes_.inputs,
                      output_row = sizes_.output_width * sizes_.outputs;
    const auto steps = static_cast<std::size_t>(sizes_.parts.front().rows.output_step),
               parts_a_row = sizes_.parts.size() / steps;
    for (std::size_t image = 0; image < sizes_.images; ++image) {
      std::size_t loaded = 0;
      for (std::size_t row = 0; row < sizes_.output_height; ++row) {
        const std::size_t first_part = row % steps * parts_a_row;
        const Range needed = needed_rows(sizes_.parts[first_part].rows, row / steps);
        for (; loaded < needed.end; ++loaded) load_row(input + image * input_size, loaded);
        const std::size_t at = (image * sizes_.output_height + row) * output_row;
        const bool last = image + 1 == sizes_.images && row + 1 == sizes_.output_height;
        coming_ = last ? nullptr : output + at + output_row;
        for (std::size_t p = first_part; p < first_part + parts_a_row; ++p)
          make_row(p, needed, output, at);
      }
    }
  }

 private:
  static constexpr hn::ScalableTag<float> lanes{};

  /// Rows of an image.
  struct Range {
    std::size_t begin = 0, end = 0;
    std::size_t first_tap = 0;  ///< that meets the first of them
  };

  Range needed_rows(const Axis& rows, std::size_t output) const {
    const int first = rows.first_input + static_cast<int>(output) * rows.input_step,
              height = static_cast<int>(sizes_.input_height), begin = std::clamp(first, 0, height),
              end = std::clamp(first + rows.taps, 0, height);
    return {static_cast<std::size_t>(begin), static_cast<std::size_t>(end),
            static_cast<std::size_t>(begin - first)};
  }

  /// [groups, rows, columns, lanes]
  hwy::AlignedFreeUniquePtr<float[]> weights_of(const Part& part, const float* weights) const {
    const auto rows = static_cast<std::size_t>(part.rows.taps),
               columns = static_cast<std::size_t>(part.columns.taps);
    auto made = aligned_floats(std::max<std::size_t>(1, rows * columns * padded_));
    const auto of_tap = [](const Axis& axis, std::size_t tap) {
      return static_cast<std::size_t>(axis.first_weight + static_cast<int>(tap) * axis.weight_step);
    };
    for (std::size_t tap = 0; tap < rows * columns; ++tap) {
      const std::size_t place =
          of_tap(part.rows, tap / columns) * sizes_.kernel + of_tap(part.columns, tap % columns);
      for_each_group(sizes_.inputs, [&](std::size_t c, auto group) HWY_ATTR {
        hn::Store(group.load(weights + place * sizes_.inputs + c), lanes,
                  made.get() + c * rows * columns + tap * hn::Lanes(lanes));
      });
    }
    return made;
  }

  float* held_row(std::size_t row, std::size_t channel) const {
    return held_.get() +
           (channel * sizes_.kernel + row % sizes_.kernel * hn::Lanes(lanes)) * width_;
  }

  void load_row(const float* image, std::size_t row) {
    const float* source = image + row * sizes_.input_width * sizes_.inputs;
    for (std::size_t column = 0; column < sizes_.input_width; ++column, source += sizes_.inputs) {
      for_each_group(sizes_.inputs, [&](std::size_t c, auto group) HWY_ATTR {
        auto values = group.load(source + c);
        if (fusion_.of_input) values = rectified(lanes, values);
        hn::Store(values, lanes, held_row(row, c) + (left_ + column) * hn::Lanes(lanes));
      });
    }
  }

  /// A row of outputs of a part. @param at  index of the row
  void make_row(std::size_t number, const Range& needed, float* output, std::size_t at) {
    const Part& part = sizes_.parts[number];
    const Axis& columns = part.columns;
    const std::size_t row_taps = static_cast<std::size_t>(part.rows.taps),
                      column_taps = static_cast<std::size_t>(columns.taps),
                      rows = column_taps > 0 ? needed.end - needed.begin : 0;
    const auto first = static_cast<std::size_t>(static_cast<int>(left_) + columns.first_input);
    const auto first_output = static_cast<std::size_t>(columns.first_output),
               step = static_cast<std::size_t>(columns.output_step);
    rows_.inputs.resize(rows);
    rows_.weights.resize(rows);
    for_each_group(sizes_.outputs, [&](std::size_t c, auto group) HWY_ATTR {
      for (std::size_t r = 0; r < rows; ++r) {
        rows_.inputs[r] = held_row(needed.begin + r, c) + first * hn::Lanes(lanes);
        rows_.weights[r] = weights_[number].get() + c * row_taps * column_taps +
                           (needed.first_tap + r) * column_taps * hn::Lanes(lanes);
      }
      float* target = output + at + c;
      prefetch_coming(number, c, group.count());
      sum_any_row(rows_, columns, [&](auto sum, std::size_t position) HWY_ATTR {
        const std::size_t place = (first_output + position * step) * sizes_.outputs;
        if (fusion_.mask != nullptr) sum = passed_back(sum, fusion_.mask, at + c + place);
        group.store(sum, target + place);
      });
    });
  }

  /// Prefetches a part of the next row of outputs: a group of channels' share of it.
  HWY_INLINE void prefetch_coming(std::size_t number, std::size_t channel,
                                  std::size_t count) const {
    if (coming_ == nullptr || sizes_.parts[number].columns.first_output > 0) return;
    prefetch(coming_ + channel * sizes_.output_width, count * sizes_.output_width);
  }

  const ConvolutionParts& sizes_;
  ReluFusion fusion_;
  const float* coming_ = nullptr;                            ///< the next row of outputs
  std::size_t padded_;                                       ///< channels of whole vectors
  std::size_t left_ = 0, width_ = 0;                         ///< columns of zeros before; all
  std::vector<hwy::AlignedFreeUniquePtr<float[]>> weights_;  ///< of each part
  hwy::AlignedFreeUniquePtr<float[]> held_;                  ///< [groups, kernel, width, lanes]
  Rows rows_;
};

void compute(const ConvolutionParts& sizes, const float* input, const float* weights,
             const ReluFusion& fusion, float* output) {
  Depthwise(sizes, weights, fusion).run(input, output);
}

}  // namespace
}  // namespace wrcor::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace wrcor {

HWY_EXPORT(compute);

void depthwise_convolution(const float* input, const float* weights, const StridedSize& size,
                           const ReluFusion& fusion, float* output) {
  HWY_DYNAMIC_DISPATCH(compute)(forward_parts(size), input, weights, fusion, output);
}

void depthwise_gradient(const float* gradient, const float* weights, const StridedSize& size,
                        const ReluFusion& fusion, float* input_gradient) {
  HWY_DYNAMIC_DISPATCH(compute)(backward_parts(size), gradient, weights, fusion, input_gradient);
}

}  // namespace wrcor
#endif
