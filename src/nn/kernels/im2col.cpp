#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>
#include <vector>

#include "convolution_kernels.h"
#include "convolution_parts.h"
#include "core/aligned_floats.h"
#include "core/vector_targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "nn/kernels/im2col.cpp"
#include <hwy/foreach_target.h>

#include <hwy/cache_control.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
#include "channel_lanes.h"
#include "convolution_lanes.h"
namespace wrcor::HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

class Convolution {
 public:
  Convolution(const ConvolutionParts& sizes, const float* weights, const ReluFusion& fusion)
      : sizes_(sizes), fusion_(fusion), unused_(aligned_floats(padded_channels(sizes.outputs))) {
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
    // Odd numbers of cache lines, so that the rows do not evict each other.
    with_known_distance<48, 80, 176, 304, 592, 1040>(
        largest_, [&](auto distance) { run_with(distance, input, output); });
  }

 private:
  using V = WholeGroup::V;
  static constexpr hn::ScalableTag<float> lanes{};
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

  /// Of the part's taps, row by row, and inputs.
  hwy::AlignedFreeUniquePtr<float[]> weights_of(const Part& part, const float* weights) const {
    const Panels panels(depth(part), sizes_.outputs);
    auto made = aligned_floats(std::max<std::size_t>(1, panels.size()));
    const auto of_tap = [](const Axis& axis, int tap) {
      return static_cast<std::size_t>(axis.first_weight + tap * axis.weight_step);
    };
    std::size_t row = 0;
    for (int i = 0; i < part.rows.taps; ++i) {
      for (int j = 0; j < part.columns.taps; ++j) {
        const std::size_t tap = of_tap(part.rows, i) * sizes_.kernel + of_tap(part.columns, j);
        for (std::size_t c = 0; c < sizes_.inputs; ++c, ++row)
          panels.take(row, weights + (tap * sizes_.inputs + c) * sizes_.outputs, made.get());
      }
    }
    return made;
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

  /// Copies an image into a border of zeros.
  void load(const float* image) {
    const std::size_t row_size = sizes_.input_width * sizes_.inputs;
    for (std::size_t row = 0; row < sizes_.input_height; ++row) {
      float* target = bordered_.get() + ((top_ + row) * width_ + left_) * sizes_.inputs;
      const float* source = image + row * row_size;
      copy_numbers(fusion_.of_input, source, row_size, target);
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
      multiply_rows(patches, distance, depth(part), Panels(depth(part), sizes_.outputs),
                    weights_[number].get(), [&](V sum, std::size_t row, std::size_t k) HWY_ATTR {
                      if (k + hn::Lanes(lanes) <= sizes_.outputs) {
                        hn::StoreU(sum, lanes, targets[row] + k);
                      } else {
                        store_first(lanes, sum, targets[row] + k, sizes_.outputs - k);
                      }
                    });
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
    for_each_group(sizes_.outputs, [&](std::size_t k, auto group) HWY_ATTR {
      group.store(passed_back(group.load(outputs + k), fusion_.mask, at + k), outputs + k);
    });
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

  /// Copies the inputs of a position, and some numbers past them.
  HWY_INLINE void gather(const Part& part, const float* HWY_RESTRICT source,
                         float* HWY_RESTRICT patch) const {
    const std::size_t length = run_length(part), row_size = width_ * sizes_.inputs;
    for (int tap = 0; tap < part.rows.taps; ++tap, source += row_size, patch += length) {
      for (std::size_t c = 0; c < length; c += hn::Lanes(lanes))
        hn::StoreU(hn::LoadU(lanes, source + c), lanes, patch + c);
    }
  }

  const ConvolutionParts& sizes_;
  ReluFusion fusion_;
  std::size_t top_ = 0, left_ = 0;                           ///< zeros before an image
  std::size_t height_ = 0, width_ = 0;                       ///< of an image with those around it
  std::size_t largest_ = 0;                                  ///< inputs of a patch
  hwy::AlignedFreeUniquePtr<float[]> unused_;                ///< outputs of no position
  std::vector<hwy::AlignedFreeUniquePtr<float[]>> weights_;  ///< of each part
  hwy::AlignedFreeUniquePtr<float[]> bordered_;              ///< [height, width, inputs]
};

void compute(const ConvolutionParts& sizes, const float* input, const float* weights,
             const ReluFusion& fusion, float* output) {
  Convolution(sizes, weights, fusion).run(input, output);
}

}  // namespace
}  // namespace wrcor::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace wrcor {

HWY_EXPORT(compute);

void im2col_convolution(const float* input, const float* weights, const StridedSize& size,
                        const ReluFusion& fusion, float* output) {
  HWY_DYNAMIC_DISPATCH(compute)(forward_parts(size), input, weights, fusion, output);
}

void im2col_gradient(const float* gradient, const float* weights, const StridedSize& size,
                     const ReluFusion& fusion, float* input_gradient) {
  HWY_DYNAMIC_DISPATCH(compute)(backward_parts(size), gradient, weights, fusion, input_gradient);
}

}  // namespace wrcor
#endif
