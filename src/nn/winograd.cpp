#include "winograd.h"

#include <algorithm>
#include <cstddef>
#include <numeric>

#include "aligned_floats.h"
#include "wrcor/core/vector_targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "nn/winograd.cpp"
#include <hwy/foreach_target.h>

#include <hwy/cache_control.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
#include "channel_lanes.h"
namespace wrcor::HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

// A tile is 2x2 outputs, made from 4x4 inputs by way of 16 products.
constexpr std::size_t tile_out = 2, tile_in = 4, products = tile_in * tile_in;

/// One dimension of a transform of a tile, from vectors to vectors; `V` is a vector of lanes.
template <typename Lanes, typename V = hn::Vec<Lanes>>
struct Transform {
  static HWY_INLINE void input(const V (&x)[4], V (&y)[4]) {
    y[0] = hn::Sub(x[0], x[2]);
    y[1] = hn::Add(x[1], x[2]);
    y[2] = hn::Sub(x[2], x[1]);
    y[3] = hn::Sub(x[1], x[3]);
  }
  static HWY_INLINE void weights(const V (&x)[3], V (&y)[4]) {
    const V half = hn::Set(Lanes(), 0.5f);
    const V even = hn::Mul(half, hn::Add(x[0], x[2])), odd = hn::Mul(half, x[1]);
    y[0] = x[0];
    y[1] = hn::Add(even, odd);
    y[2] = hn::Sub(even, odd);
    y[3] = x[2];
  }
  static HWY_INLINE void output(const V (&x)[4], V (&y)[2]) {
    y[0] = hn::Add(x[0], hn::Add(x[1], x[2]));
    y[1] = hn::Sub(hn::Sub(x[1], x[2]), x[3]);
  }
};

/// [height, width] products of so many inputs: vectors of outputs, to sum in registers.
/// @tparam known_depth  number of inputs, or 0: an address of every row is more than the processor
///                      has registers for
template <std::size_t height, std::size_t width, std::size_t known_depth, typename Lanes>
HWY_INLINE void multiply_block(Lanes lanes, const float* HWY_RESTRICT inputs, std::size_t any_depth,
                               const float* HWY_RESTRICT weights, std::size_t outputs,
                               float* HWY_RESTRICT target) {
  using V = hn::Vec<Lanes>;
  const std::size_t step = hn::Lanes(lanes), depth = known_depth > 0 ? known_depth : any_depth;
  V sums[height][width];
  for (auto& row : sums) {
    for (V& sum : row) sum = hn::Zero(lanes);
  }
  for (std::size_t c = 0; c < depth; ++c) {
    V weight[width];
    for (std::size_t k = 0; k < width; ++k)
      weight[k] = hn::LoadU(lanes, weights + c * outputs + k * step);
    for (std::size_t t = 0; t < height; ++t) {
      const V input = hn::Set(lanes, inputs[t * depth + c]);
      for (std::size_t k = 0; k < width; ++k) sums[t][k] = hn::MulAdd(input, weight[k], sums[t][k]);
    }
  }
  for (std::size_t t = 0; t < height; ++t) {
    for (std::size_t k = 0; k < width; ++k)
      hn::StoreU(sums[t][k], lanes, target + t * outputs + k * step);
  }
}

template <typename Lanes>
class Convolution {
 public:
  Convolution(const ConvolutionSize& size, const float* weights, const ReluFusion& fusion)
      : fusion_(fusion),
        height_(static_cast<std::size_t>(size.height)),
        width_(static_cast<std::size_t>(size.width)),
        inputs_(static_cast<std::size_t>(size.inputs)),
        outputs_(static_cast<std::size_t>(size.outputs)),
        tiles_(static_cast<std::size_t>(size.images) * ((height_ + tile_out - 1) / tile_out) *
               ((width_ + tile_out - 1) / tile_out)),
        input_plane_(batch * inputs_ + line),
        output_plane_(batch * outputs_ + line),
        weights_(aligned_floats(products * inputs_ * outputs_)),
        transformed_(aligned_floats(products * input_plane_)),
        multiplied_(aligned_floats(products * output_plane_)) {
    std::fill_n(transformed_.get(), products * input_plane_, 0.0f);
    transform_weights(weights);
  }

  void run(const float* input, float* output) {
    Place next;
    for (std::size_t start = 0; start < tiles_; start += batch) {
      const std::size_t count = std::min(batch, tiles_ - start);
      Place places[batch];
      for (std::size_t t = 0; t < count; ++t, advance(next)) {
        places[t] = next;
        transform_input(input, next, t);
      }
      multiply();
      for (std::size_t t = 0; t < count; ++t) transform_output(output, places[t], t);
    }
  }

 private:
  using V = hn::Vec<Lanes>;
  static constexpr Lanes lanes{};
  static constexpr std::size_t batch = 24;  // tiles that are transformed together
  static constexpr std::size_t line = 16;   // keeps the planes out of each other's cache lines

  /// Where a tile's first output is.
  struct Place {
    std::size_t image = 0, row = 0, column = 0;
  };

  /// To the next tile. (Divisions would take longer than a tile of 16 channels.)
  void advance(Place& place) const {
    place.column += tile_out;
    if (place.column < width_) return;
    place.column = 0;
    place.row += tile_out;
    if (place.row < height_) return;
    place.row = 0;
    ++place.image;
  }

  void transform_weights(const float* weights) {
    const std::size_t plane = inputs_ * outputs_;
    for (std::size_t at = 0; at < plane; at += hn::Lanes(lanes)) {
      V half[tile_in][3];
      for (std::size_t j = 0; j < 3; ++j) {
        V column[3], made[tile_in];
        for (std::size_t i = 0; i < 3; ++i)
          column[i] = hn::LoadU(lanes, weights + (i * 3 + j) * plane + at);
        Transform<Lanes>::weights(column, made);
        for (std::size_t i = 0; i < tile_in; ++i) half[i][j] = made[i];
      }
      for (std::size_t i = 0; i < tile_in; ++i) {
        V made[tile_in];
        Transform<Lanes>::weights(half[i], made);
        for (std::size_t j = 0; j < tile_in; ++j)
          hn::StoreU(made[j], lanes, weights_.get() + (i * tile_in + j) * plane + at);
      }
    }
  }

  /// max(0, x), where a NaN stays one.
  static HWY_INLINE V rectified(V x) { return hn::IfThenZeroElse(hn::Lt(x, hn::Zero(lanes)), x); }

  /// A column of a tile's inputs, from row `first - 1`; zero outside of the image.
  HWY_INLINE void load_column(const float* HWY_RESTRICT column, std::size_t first,
                              V (&values)[tile_in]) const {
    const std::size_t stride = width_ * inputs_;
    for (std::size_t i = 0; i < tile_in; ++i) {
      const std::size_t row = first + i;  // of an image with one more row at the top
      values[i] = row >= 1 && row <= height_ ? hn::LoadU(lanes, column + (row - 1) * stride)
                                             : hn::Zero(lanes);
      if (fusion_.of_input) values[i] = rectified(values[i]);
    }
  }

  /// What the tile below needs beside this one's inputs: the processor does not see it coming.
  HWY_INLINE void prefetch_below(const float* image, const Place& place) const {
    constexpr std::size_t cache_line = 64 / sizeof(float);
    const float* corner = image + ((place.row + tile_in - 1) * width_ + place.column) * inputs_;
    for (std::size_t i = 0; i < tile_out; ++i) {
      for (std::size_t c = 0; c < tile_out * inputs_; c += cache_line)
        hwy::Prefetch(corner + i * width_ * inputs_ + c);
    }
  }

  HWY_INLINE void transform_input(const float* HWY_RESTRICT input, const Place& place,
                                  std::size_t slot) {
    const float* image = input + place.image * height_ * width_ * inputs_;
    prefetch_below(image, place);
    for (std::size_t c = 0; c < inputs_; c += hn::Lanes(lanes)) {
      V half[tile_in][tile_in];
      for (std::size_t j = 0; j < tile_in; ++j) {
        const std::size_t column = place.column + j;
        V values[tile_in], made[tile_in];
        if (column >= 1 && column <= width_) {
          load_column(image + (column - 1) * inputs_ + c, place.row, values);
          Transform<Lanes>::input(values, made);
        } else {
          for (V& value : made) value = hn::Zero(lanes);
        }
        for (std::size_t i = 0; i < tile_in; ++i) half[i][j] = made[i];
      }
      float* target = transformed_.get() + slot * inputs_ + c;
      for (std::size_t i = 0; i < tile_in; ++i) {
        V made[tile_in];
        Transform<Lanes>::input(half[i], made);
        for (std::size_t j = 0; j < tile_in; ++j)
          hn::StoreU(made[j], lanes, target + (i * tile_in + j) * input_plane_);
      }
    }
  }

  void multiply() {
    switch (inputs_) {
      case 16:
        return multiply_all<16>();
      case 32:
        return multiply_all<32>();
      case 64:
        return multiply_all<64>();
      default:
        return multiply_all<0>();
    }
  }

  template <std::size_t depth>
  void multiply_all() {
    const bool wide = outputs_ % (2 * hn::Lanes(lanes)) == 0;
    for (std::size_t p = 0; p < products; ++p) {
      const float* inputs = transformed_.get() + p * input_plane_;
      const float* weights = weights_.get() + p * inputs_ * outputs_;
      float* target = multiplied_.get() + p * output_plane_;
      if (wide) {
        multiply_plane<wide_height, 2, depth>(inputs, weights, target);
      } else {
        multiply_plane<12, 1, depth>(inputs, weights, target);
      }
    }
  }

  template <std::size_t rows, std::size_t columns, std::size_t depth>
  HWY_INLINE void multiply_plane(const float* inputs, const float* weights, float* target) const {
    for (std::size_t t = 0; t < batch; t += rows) {
      for (std::size_t k = 0; k < outputs_; k += columns * hn::Lanes(lanes)) {
        multiply_block<rows, columns, depth>(lanes, inputs + t * inputs_, inputs_, weights + k,
                                             outputs_, target + t * outputs_ + k);
      }
    }
  }

  HWY_INLINE void transform_output(float* HWY_RESTRICT output, const Place& place,
                                   std::size_t slot) const {
    const std::size_t rows = std::min(tile_out, height_ - place.row),
                      columns = std::min(tile_out, width_ - place.column);
    const std::size_t corner =
        ((place.image * height_ + place.row) * width_ + place.column) * outputs_;
    for (std::size_t k = 0; k < outputs_; k += hn::Lanes(lanes)) {
      const float* source = multiplied_.get() + slot * outputs_ + k;
      V half[tile_out][tile_in];
      for (std::size_t j = 0; j < tile_in; ++j) {
        V values[tile_in], made[tile_out];
        for (std::size_t i = 0; i < tile_in; ++i)
          values[i] = hn::LoadU(lanes, source + (i * tile_in + j) * output_plane_);
        Transform<Lanes>::output(values, made);
        for (std::size_t i = 0; i < tile_out; ++i) half[i][j] = made[i];
      }
      for (std::size_t i = 0; i < rows; ++i) {
        V made[tile_out];
        Transform<Lanes>::output(half[i], made);
        for (std::size_t j = 0; j < columns; ++j)
          store_output(made[j], output, corner + (i * width_ + j) * outputs_ + k);
      }
    }
  }

  HWY_INLINE void store_output(V value, float* HWY_RESTRICT output, std::size_t at) const {
    if (fusion_.values != nullptr) {
      const V before = hn::LoadU(lanes, fusion_.values + at);
      value = hn::IfThenZeroElse(hn::Le(before, hn::Zero(lanes)), value);
    }
    hn::StoreU(value, lanes, output + at);
  }

#if HWY_TARGET == HWY_AVX2 || HWY_TARGET == HWY_SSE4
  static constexpr std::size_t wide_height = 6;  // of 16 registers
#else
  static constexpr std::size_t wide_height = 12;  // of 32
#endif

  ReluFusion fusion_;
  std::size_t height_, width_, inputs_, outputs_, tiles_;
  std::size_t input_plane_, output_plane_;      ///< numbers from one of the products to the next
  hwy::AlignedFreeUniquePtr<float[]> weights_;  ///< [products, inputs, outputs]
  hwy::AlignedFreeUniquePtr<float[]> transformed_;  ///< [products, batch, inputs]
  hwy::AlignedFreeUniquePtr<float[]> multiplied_;   ///< [products, batch, outputs]
};

void compute(const float* input, const float* weights, const ConvolutionSize& size,
             const ReluFusion& fusion, float* output) {
  with_channel_lanes(
      static_cast<std::size_t>(std::gcd(size.inputs, size.outputs)),
      [&](auto lanes) { Convolution<decltype(lanes)>(size, weights, fusion).run(input, output); });
}

}  // namespace
}  // namespace wrcor::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace wrcor {

HWY_EXPORT(compute);

void winograd_convolution(const float* input, const float* weights, const ConvolutionSize& size,
                          const ReluFusion& fusion, float* output) {
  HWY_DYNAMIC_DISPATCH(compute)(input, weights, size, fusion, output);
}

}  // namespace wrcor
#endif
