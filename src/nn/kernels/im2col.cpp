#include <algorithm>
#include <cstddef>
#include <type_traits>
#include <utility>
#include <vector>

#include "convolution_kernels.h"
#include "core/aligned_floats.h"
#include "core/vector_targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "nn/kernels/im2col.cpp"
#include <hwy/foreach_target.h>

#include <hwy/cache_control.h>
#include <hwy/highway.h>

// Parts that do not depend on the instruction set.
#ifndef WRCOR_NN_IM2COL
#define WRCOR_NN_IM2COL
namespace wrcor {
namespace {

/// One dimension of a convolution, or of the part of a gradient's positions that the same weights
/// belong to: output i is written at first_output + i * output_step, and is the sum over the taps t
/// of input first_input + i * input_step + t times weight first_weight + t * weight_step.
struct Axis {
  int outputs = 0;
  int first_output = 0, output_step = 1;
  int first_input = 0, input_step = 1;  ///< inputs outside the image are zero
  int taps = 0;
  int first_weight = 0, weight_step = 1;
};

Axis forward_axis(int outputs, const StridedSize& size) {
  return {.outputs = outputs,
          .first_input = -size.padding,
          .input_step = size.stride,
          .taps = size.kernel};
}

/// Of the positions phase, phase + stride, ... of a gradient: forward, weight k took position x to
/// output (x + padding - k) / stride.
Axis backward_axis(int positions, int phase, const StridedSize& size) {
  Axis axis{.outputs = phase < positions ? (positions - 1 - phase) / size.stride + 1 : 0,
            .first_output = phase,
            .output_step = size.stride};
  const int least_weight = (phase + size.padding) % size.stride;
  if (least_weight >= size.kernel) return axis;  // between the patches
  axis.taps = (size.kernel - 1 - least_weight) / size.stride + 1;
  axis.first_input = (phase + size.padding - least_weight) / size.stride - (axis.taps - 1);
  axis.first_weight = least_weight + (axis.taps - 1) * size.stride;
  axis.weight_step = -size.stride;
  return axis;
}

/// The positions whose patches are multiplied with the same weights.
struct Part {
  Axis rows, columns;
};

/// Images in, images out, and how the ones become the others.
struct Im2col {
  std::size_t images = 0, kernel = 0;
  std::size_t input_height = 0, input_width = 0, inputs = 0;
  std::size_t output_height = 0, output_width = 0, outputs = 0;
  std::vector<Part> parts;
};

Im2col forward_of(const StridedSize& size) {
  const auto number = [](int value) { return static_cast<std::size_t>(value); };
  return {
      .images = number(size.images),
      .kernel = number(size.kernel),
      .input_height = number(size.input_height),
      .input_width = number(size.input_width),
      .inputs = number(size.inputs),
      .output_height = number(size.output_height),
      .output_width = number(size.output_width),
      .outputs = number(size.outputs),
      .parts = {{forward_axis(size.output_height, size), forward_axis(size.output_width, size)}}};
}

Im2col backward_of(const StridedSize& size) {
  Im2col made = forward_of(size);
  std::swap(made.input_height, made.output_height);
  std::swap(made.input_width, made.output_width);
  std::swap(made.inputs, made.outputs);
  made.parts.clear();
  for (int row = 0; row < size.stride; ++row) {
    for (int column = 0; column < size.stride; ++column) {
      made.parts.push_back({backward_axis(size.input_height, row, size),
                            backward_axis(size.input_width, column, size)});
    }
  }
  return made;
}

}  // namespace
}  // namespace wrcor
#endif

HWY_BEFORE_NAMESPACE();
#include "channel_lanes.h"
#include "convolution_lanes.h"
namespace wrcor::HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

template <typename Lanes>
class Convolution {
 public:
  Convolution(const Im2col& sizes, const float* weights, const ReluFusion& fusion)
      : sizes_(sizes), fusion_(fusion), unused_(aligned_floats(sizes.outputs)) {
    for (const Part& part : sizes.parts) {
      top_ = std::max(top_, before(part.rows));
      left_ = std::max(left_, before(part.columns));
      height_ = std::max(height_, reach(part.rows));
      width_ = std::max(width_, reach(part.columns));
      largest_ = std::max(largest_, depth(part));
      weights_.push_back(weights_of(part, weights));
    }
    height_ = std::max(height_, sizes.input_height) + top_;
    width_ = std::max(width_, sizes.input_width) + left_;
    const std::size_t bordered = height_ * width_ * sizes.inputs + slack;
    bordered_ = aligned_floats(bordered);
    std::fill_n(bordered_.get(), bordered, 0.0f);
  }

  void run(const float* input, float* output) {
    // Odd numbers of cache lines, so that the rows do not fall on each other.
    with_distance<176, 304, 592>([&](auto distance) { run_with(distance, input, output); });
  }

 private:
  using V = hn::Vec<Lanes>;
  static constexpr Lanes lanes{};
  static constexpr std::size_t slack = hn::MaxLanes(lanes);  // what a vector may reach over

  static std::size_t before(const Axis& axis) {
    return static_cast<std::size_t>(std::max(0, -axis.first_input));
  }
  /// Number of inputs from the image's first to the last that the axis takes.
  static std::size_t reach(const Axis& axis) {
    return static_cast<std::size_t>(
        std::max(0, axis.first_input + (axis.outputs - 1) * axis.input_step + axis.taps));
  }
  std::size_t run_length(const Part& part) const {
    return static_cast<std::size_t>(part.columns.taps) * sizes_.inputs;
  }
  std::size_t depth(const Part& part) const {
    return static_cast<std::size_t>(part.rows.taps) * run_length(part);
  }

  /// [depth, outputs]
  hwy::AlignedFreeUniquePtr<float[]> weights_of(const Part& part, const float* weights) const {
    const std::size_t plane = sizes_.inputs * sizes_.outputs;
    auto made = aligned_floats(std::max<std::size_t>(1, depth(part) * sizes_.outputs));
    float* target = made.get();
    const auto of_tap = [](const Axis& axis, int tap) {
      return static_cast<std::size_t>(axis.first_weight + tap * axis.weight_step);
    };
    for (int i = 0; i < part.rows.taps; ++i) {
      for (int j = 0; j < part.columns.taps; ++j) {
        const std::size_t tap = of_tap(part.rows, i) * sizes_.kernel + of_tap(part.columns, j);
        target = std::copy_n(weights + tap * plane, plane, target);
      }
    }
    return made;
  }

  /// Calls work with the distance between the patches: one that is known when it is compiled, where
  /// a patch is no longer.
  template <std::size_t... known, typename Work>
  void with_distance(const Work& work) const {
    const bool fits =
        ((largest_ <= known && (work(std::integral_constant<std::size_t, known>()), true)) || ...);
    if (!fits) work(largest_);
  }

  template <typename Distance>
  void run_with(Distance distance, const float* input, float* output) {
    const auto patches = aligned_floats(batch * distance + slack);
    std::fill_n(patches.get(), batch * distance + slack, 0.0f);
    const std::size_t input_size = sizes_.input_height * sizes_.input_width * sizes_.inputs,
                      output_size = sizes_.output_height * sizes_.output_width * sizes_.outputs;
    for (std::size_t image = 0; image < sizes_.images; ++image) {
      load(input + image * input_size);
      for (std::size_t p = 0; p < sizes_.parts.size(); ++p)
        run_part(distance, p, patches.get(), output, image * output_size);
    }
  }

  /// An image, into the middle of zeros.
  void load(const float* image) {
    const std::size_t row_size = sizes_.input_width * sizes_.inputs;
    for (std::size_t row = 0; row < sizes_.input_height; ++row) {
      float* target = bordered_.get() + ((top_ + row) * width_ + left_) * sizes_.inputs;
      const float* source = image + row * row_size;
      if (fusion_.of_input) {
        with_channel_lanes(sizes_.inputs, [&](auto input_lanes) HWY_ATTR {
          copy_rectified(input_lanes, source, row_size, target);
        });
      } else {
        std::copy_n(source, row_size, target);
      }
    }
  }

  template <typename Distance>
  void run_part(Distance distance, std::size_t number, float* patches, float* output,
                std::size_t first) {
    const Part& part = sizes_.parts[number];
    float* targets[batch];
    std::size_t count = 0;
    const auto finish = [&]() HWY_ATTR {
      for (std::size_t t = 0; t < count; ++t) prefetch(targets[t], sizes_.outputs);
      std::fill(targets + count, targets + batch, unused_.get());
      multiply_rows(lanes, {patches, distance, depth(part)}, weights_[number].get(), sizes_.outputs,
                    [&](V sum, std::size_t row, std::size_t k)
                        HWY_ATTR { hn::StoreU(sum, lanes, targets[row] + k); });
      if (fusion_.mask != nullptr) {
        for (std::size_t t = 0; t < count; ++t)
          pass_back(targets[t], static_cast<std::size_t>(targets[t] - output));
      }
      count = 0;
    };
    const auto step = static_cast<std::size_t>(part.columns.input_step) * sizes_.inputs;
    const auto output_step = static_cast<std::size_t>(part.columns.output_step) * sizes_.outputs;
    for (int i = 0; i < part.rows.outputs; ++i) {
      const float* source = first_patch(part, i);
      float* target = output + first + first_output(part, i);
      for (int j = 0; j < part.columns.outputs; ++j, source += step, target += output_step) {
        gather(part, source, patches + count * distance);
        targets[count] = target;
        if (++count == batch) finish();
      }
    }
    if (count > 0) finish();
  }

  /// A position's outputs, which are at this index.
  HWY_INLINE void pass_back(float* outputs, std::size_t at) const {
    for (std::size_t k = 0; k < sizes_.outputs; k += hn::Lanes(lanes)) {
      const V gradient = hn::LoadU(lanes, outputs + k);
      hn::StoreU(passed_back(lanes, gradient, fusion_.mask, at + k), lanes, outputs + k);
    }
  }

  /// Where the inputs of a row of positions begin.
  const float* first_patch(const Part& part, int i) const {
    const int row = part.rows.first_input + i * part.rows.input_step + static_cast<int>(top_),
              column = part.columns.first_input + static_cast<int>(left_);
    return bordered_.get() +
           (static_cast<std::size_t>(row) * width_ + static_cast<std::size_t>(column)) *
               sizes_.inputs;
  }

  /// Index of the outputs of a row's first position.
  std::size_t first_output(const Part& part, int i) const {
    const auto row = static_cast<std::size_t>(part.rows.first_output + i * part.rows.output_step),
               column = static_cast<std::size_t>(part.columns.first_output);
    return (row * sizes_.output_width + column) * sizes_.outputs;
  }

  /// The inputs of a position, and some numbers behind them.
  HWY_INLINE void gather(const Part& part, const float* HWY_RESTRICT source,
                         float* HWY_RESTRICT patch) const {
    const std::size_t length = run_length(part), row_size = width_ * sizes_.inputs;
    for (int tap = 0; tap < part.rows.taps; ++tap, source += row_size, patch += length) {
      for (std::size_t c = 0; c < length; c += hn::Lanes(lanes))
        hn::StoreU(hn::LoadU(lanes, source + c), lanes, patch + c);
    }
  }

  const Im2col& sizes_;
  ReluFusion fusion_;
  std::size_t top_ = 0, left_ = 0;                           ///< zeros before an image
  std::size_t height_ = 0, width_ = 0;                       ///< of an image with those around it
  std::size_t largest_ = 0;                                  ///< inputs of a patch
  hwy::AlignedFreeUniquePtr<float[]> unused_;                ///< outputs of no position
  std::vector<hwy::AlignedFreeUniquePtr<float[]>> weights_;  ///< of each part
  hwy::AlignedFreeUniquePtr<float[]> bordered_;              ///< [height, width, inputs]
};

void compute(const Im2col& sizes, const float* input, const float* weights,
             const ReluFusion& fusion, float* output) {
  with_channel_lanes(sizes.outputs, [&](auto lanes) {
    Convolution<decltype(lanes)>(sizes, weights, fusion).run(input, output);
  });
}

}  // namespace
}  // namespace wrcor::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace wrcor {

HWY_EXPORT(compute);

void im2col_convolution(const float* input, const float* weights, const StridedSize& size,
                        const ReluFusion& fusion, float* output) {
  HWY_DYNAMIC_DISPATCH(compute)(forward_of(size), input, weights, fusion, output);
}

void im2col_gradient(const float* gradient, const float* weights, const StridedSize& size,
                     const ReluFusion& fusion, float* input_gradient) {
  HWY_DYNAMIC_DISPATCH(compute)(backward_of(size), gradient, weights, fusion, input_gradient);
}

}  // namespace wrcor
#endif
