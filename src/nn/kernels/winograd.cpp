#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "convolution_kernels.h"
#include "core/aligned_floats.h"
#include "core/vector_targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "nn/kernels/winograd.cpp"
#include <hwy/foreach_target.h>

#include <hwy/cache_control.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
#include "channel_lanes.h"
#include "convolution_lanes.h"
namespace wrcor::HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

// One dimension of the transforms of a tile, from vectors to vectors.
using V = WholeGroup::V;

/// F(2x2, 3x3) with the points 0, 1, -1 and infinity.
struct SmallTile {
  static constexpr std::size_t outputs = 2, inputs = outputs + 2;

  static HWY_INLINE void transform_input(const V (&x)[inputs], V (&y)[inputs]) {
    y[0] = hn::Sub(x[0], x[2]);
    y[1] = hn::Add(x[1], x[2]);
    y[2] = hn::Sub(x[2], x[1]);
    y[3] = hn::Sub(x[1], x[3]);
  }
  static HWY_INLINE void transform_weights(bool, const V (&x)[3], V (&y)[inputs]) {
    const V half = hn::Set(hn::ScalableTag<float>(), 0.5f);
    const V even = hn::Mul(half, hn::Add(x[0], x[2])), odd = hn::Mul(half, x[1]);
    y[0] = x[0];
    y[1] = hn::Add(even, odd);
    y[2] = hn::Sub(even, odd);
    y[3] = x[2];
  }
  static HWY_INLINE void transform_output(const V (&x)[inputs], V (&y)[outputs]) {
    y[0] = hn::Add(x[0], hn::Add(x[1], x[2]));
    y[1] = hn::Sub(hn::Sub(x[1], x[2]), x[3]);
  }
};

/// F(4x4, 3x3) with the points 0, a, -a, b, -b and infinity: a^2 = 1/2 and b^2 = 2 round off less
/// than half as much as 1 and 4 do.
struct LargeTile {
  static constexpr std::size_t outputs = 4, inputs = outputs + 2;
  static constexpr float a = 0.70710678118654752f, b = 1.41421356237309505f;

  static HWY_INLINE V number(double value) {
    return hn::Set(hn::ScalableTag<float>(), static_cast<float>(value));
  }

  static HWY_INLINE void transform_input(const V (&x)[inputs], V (&y)[inputs]) {
    const V two = number(2), half = number(0.5), sum = number(2.5);
    const V even_a = hn::NegMulAdd(two, x[2], x[4]), odd_a = hn::NegMulAdd(two, x[1], x[3]);
    const V even_b = hn::NegMulAdd(half, x[2], x[4]), odd_b = hn::NegMulAdd(half, x[1], x[3]);
    y[0] = hn::Add(hn::NegMulAdd(sum, x[2], x[4]), x[0]);
    y[1] = hn::MulAdd(number(a), odd_a, even_a);
    y[2] = hn::NegMulAdd(number(a), odd_a, even_a);
    y[3] = hn::MulAdd(number(b), odd_b, even_b);
    y[4] = hn::NegMulAdd(number(b), odd_b, even_b);
    y[5] = hn::Add(hn::NegMulAdd(sum, x[3], x[5]), x[1]);
  }
  /// @param fused  whether the points b and -b round once less
  static HWY_INLINE void transform_weights(bool fused, const V (&x)[3], V (&y)[inputs]) {
    // (x0 + p x1 + p^2 x2) / the product of the differences of a point p to the others
    const V even_a = hn::Mul(number(-1 / 1.5), hn::MulAdd(number(0.5), x[2], x[0])),
            odd_a = hn::Mul(number(-a / 1.5), x[1]);
    const V sum_b = hn::MulAdd(number(2), x[2], x[0]), odd_b = hn::Mul(number(b / 6.0), x[1]);
    const V factor = number(1 / 6.0), even_b = hn::Mul(factor, sum_b);
    y[0] = x[0];
    y[1] = hn::Add(even_a, odd_a);
    y[2] = hn::Sub(even_a, odd_a);
    y[3] = fused ? hn::MulAdd(factor, sum_b, odd_b) : hn::Add(even_b, odd_b);
    y[4] = fused ? hn::MulSub(factor, sum_b, odd_b) : hn::Sub(even_b, odd_b);
    y[5] = x[2];
  }
  static HWY_INLINE void transform_output(const V (&x)[inputs], V (&y)[outputs]) {
    const V sum_a = hn::Add(x[1], x[2]), difference_a = hn::Sub(x[1], x[2]);
    const V sum_b = hn::Add(x[3], x[4]), difference_b = hn::Sub(x[3], x[4]);
    y[0] = hn::Add(x[0], hn::Add(sum_a, sum_b));
    y[1] = hn::MulAdd(number(a), difference_a, hn::Mul(number(b), difference_b));
    y[2] = hn::MulAdd(number(0.5), sum_a, hn::Mul(number(2), sum_b));
    y[3] = hn::MulAdd(number(0.5 * a), difference_a, hn::MulAdd(number(2 * b), difference_b, x[5]));
  }
};

/// One product of a batch of tiles. @param target_row  numbers from one tile's to the next one's
template <typename Distance, typename Depth, typename TargetRow>
HWY_NOINLINE void multiply_tiles(const float* rows, Distance distance, Depth depth,
                                 const Panels& panels, const float* weights, TargetRow target_row,
                                 float* HWY_RESTRICT target) {
  multiply_rows(rows, distance, depth, panels, weights,
                [=](V sum, std::size_t row, std::size_t k)
                    HWY_ATTR { hn::StoreU(sum, Panels::lanes, target + row * target_row + k); });
}

/// @tparam known_channels  of inputs as of outputs, or 0: distances that the compiler knows save
///                         addresses, of which a tile takes more than the processor has registers
template <typename Shape, std::size_t known_channels>
class Convolution {
 public:
  Convolution(const ConvolutionSize& size, const float* weights, const ReluFusion& fusion)
      : fusion_(fusion),
        images_(static_cast<std::size_t>(size.images)),
        height_(static_cast<std::size_t>(size.height)),
        width_(static_cast<std::size_t>(size.width)),
        any_inputs_(static_cast<std::size_t>(size.inputs)),
        any_outputs_(static_cast<std::size_t>(size.outputs)),
        any_input_row_(row_of(inputs())),
        band_row_((tiles_of(width_) * tile_out + tile_in - tile_out) * inputs()),
        panels_(inputs(), outputs()),
        weights_(aligned_floats(products * panels_.size())),
        band_(aligned_floats(tile_in * band_row_ + hn::MaxLanes(lanes))),
        transformed_(aligned_floats(products * input_plane())),
        multiplied_(aligned_floats(products * output_plane())) {
    std::fill_n(band_.get(), tile_in * band_row_ + hn::MaxLanes(lanes), 0.0f);
    std::fill_n(transformed_.get(), products * input_plane(), 0.0f);
    transform_weights(weights);
  }

  void run(const float* input, float* output) {
    Batch tiles;
    const auto finish = [&]() HWY_ATTR {
      multiply(tiles, input, output);
      for (std::size_t t = 0; t < tiles.count; ++t) transform_output(output, tiles.places[t], t);
      tiles.count = 0;
    };
    for (std::size_t image = 0; image < images_; ++image) {
      for (std::size_t row = 0; row < height_; row += tile_out) {
        load_band(input + image * height_ * width_ * inputs(), row);
        tiles.next_row = image * height_ + std::min(row + tile_in - 1, height_);
        for (std::size_t column = 0; column < width_; column += tile_out) {
          tiles.places[tiles.count] = {image, row, column};
          transform_input(row, column, tiles.count);
          if (++tiles.count == batch) finish();
        }
      }
    }
    if (tiles.count > 0) finish();
  }

 private:
  static constexpr std::size_t tile_in = Shape::inputs, tile_out = Shape::outputs;
  static constexpr std::size_t products = tile_in * tile_in;
  // As compilers chose to fuse it in earlier versions, so that scores stay equal to the last bit.
  static constexpr bool fuses_columns = known_channels != 32 && known_channels != 64;
  static constexpr hn::ScalableTag<float> lanes{};
  static constexpr std::size_t line = 16;  // keeps the planes out of each other's cache lines

  /// Where a tile's first output is.
  struct Place {
    std::size_t image, row, column;
  };

  /// Tiles that are multiplied together.
  struct Batch {
    Place places[batch];
    std::size_t count = 0;
    std::size_t next_row = 0;  ///< of all images, that has not been read yet
  };

  /// Calls work with the distance from one tile's inputs to the next one's.
  template <typename Work>
  static void with_row_of(std::size_t channels, const Work& work) {
    with_known_distance<16, 32, 48, 64, 96, 128, 272, 528>(padded_channels(channels), work);
  }
  static std::size_t row_of(std::size_t channels) {
    std::size_t row = 0;
    with_row_of(channels, [&](std::size_t distance) { row = distance; });
    return row;
  }

  std::size_t inputs() const { return known_channels > 0 ? known_channels : any_inputs_; }
  std::size_t outputs() const { return known_channels > 0 ? known_channels : any_outputs_; }
  /// Numbers from one tile's inputs to the next one's.
  std::size_t input_row() const {
    return known_channels > 0 ? known_channels : any_input_row_;  // those known fill vectors
  }
  std::size_t output_row() const { return padded_channels(outputs()); }
  // Numbers from one of the products to the next.
  std::size_t input_plane() const { return batch * input_row() + line; }
  std::size_t output_plane() const { return batch * output_row() + line; }

  /// Index of a tile's first output.
  std::size_t corner_of(const Place& place) const {
    return ((place.image * height_ + place.row) * width_ + place.column) * outputs();
  }

  static std::size_t tiles_of(std::size_t length) { return (length + tile_out - 1) / tile_out; }

  void transform_weights(const float* weights) {
    for (std::size_t c = 0; c < inputs(); ++c) {
      for_each_group(outputs(), [&](std::size_t k, auto group) HWY_ATTR {
        transform_weights(group, weights + c * outputs() + k, weights_.get() + panels_.at(c, k));
      });
    }
  }

  template <typename Group>
  HWY_INLINE void transform_weights(Group group, const float* weights, float* target) const {
    V half[tile_in][3];
    for (std::size_t j = 0; j < 3; ++j) {
      V column[3], made[tile_in];
      for (std::size_t i = 0; i < 3; ++i)
        column[i] = group.load(weights + (i * 3 + j) * inputs() * outputs());
      Shape::transform_weights(fuses_columns, column, made);
      for (std::size_t i = 0; i < tile_in; ++i) half[i][j] = made[i];
    }
    for (std::size_t i = 0; i < tile_in; ++i) {
      V made[tile_in];
      Shape::transform_weights(true, half[i], made);
      for (std::size_t j = 0; j < tile_in; ++j)
        hn::Store(made[j], lanes, target + (i * tile_in + j) * panels_.size());
    }
  }

  /// A row of an image that has zeros around it: a column at the left, a row at the top, and as
  /// many at the other sides as the tiles reach over.
  float* band_row(std::size_t row) const { return band_.get() + row % tile_in * band_row_; }

  /// Loads the inputs of a row of tiles; the row of tiles above has loaded the first of them.
  void load_band(const float* HWY_RESTRICT image, std::size_t first_row) {
    const std::size_t row_size = width_ * inputs(), last = first_row + tile_in;
    for (std::size_t row = first_row > 0 ? last - tile_out : 0; row < last; ++row) {
      float* HWY_RESTRICT target = band_row(row) + inputs();
      if (row < 1 || row > height_) {
        std::fill_n(target, row_size, 0.0f);
        continue;
      }
      const float* HWY_RESTRICT source = image + (row - 1) * row_size;
      copy_numbers(fusion_.of_input, source, row_size, target);
    }
  }

  /// The last vector also holds numbers of the next position, after the inputs; nothing reads them.
  HWY_INLINE void transform_input(std::size_t first_row, std::size_t first_column,
                                  std::size_t slot) {
    const float* rows[tile_in];
    for (std::size_t i = 0; i < tile_in; ++i)
      rows[i] = band_row(first_row + i) + first_column * inputs();
    for (std::size_t c = 0; c < inputs(); c += hn::Lanes(lanes)) {
      V half[tile_in][tile_in];
      for (std::size_t j = 0; j < tile_in; ++j) {
        V values[tile_in], made[tile_in];
        for (std::size_t i = 0; i < tile_in; ++i)
          values[i] = hn::LoadU(lanes, rows[i] + j * inputs() + c);
        Shape::transform_input(values, made);
        for (std::size_t i = 0; i < tile_in; ++i) half[i][j] = made[i];
      }
      float* HWY_RESTRICT target = transformed_.get() + slot * input_row() + c;
      for (std::size_t i = 0; i < tile_in; ++i) {
        V made[tile_in];
        Shape::transform_input(half[i], made);
        for (std::size_t j = 0; j < tile_in; ++j)
          hn::StoreU(made[j], lanes, target + (i * tile_in + j) * input_plane());
      }
    }
  }

  /// Also prefetches the memory that the following steps need.
  void multiply(const Batch& tiles, const float* input, const float* output) {
    for (std::size_t p = 0; p < products; ++p) {
      for (std::size_t t = p * tiles.count / products; t < (p + 1) * tiles.count / products; ++t) {
        prefetch_outputs(output, tiles.places[t]);
      }
      prefetch_next(tiles, p, input);
      float* HWY_RESTRICT target = multiplied_.get() + p * output_plane();
      const float* rows = transformed_.get() + p * input_plane();
      const float* weights = weights_.get() + p * panels_.size();
      if constexpr (known_channels > 0) {
        constexpr std::integral_constant<std::size_t, known_channels> known;
        multiply_tiles(rows, known, known, panels_, weights, known, target);
      } else {
        with_row_of(inputs(), [&](auto distance) {
          multiply_tiles(rows, distance, inputs(), panels_, weights, output_row(), target);
        });
      }
    }
  }

  /// A part of the next batch's inputs, one for each product.
  HWY_INLINE void prefetch_next(const Batch& tiles, std::size_t part, const float* input) const {
    constexpr std::size_t positions = batch * tile_out * tile_out;
    const std::size_t all = images_ * height_ * width_, next = tiles.next_row * width_;
    const std::size_t first = std::min(next + part * positions / products, all),
                      last = std::min(next + (part + 1) * positions / products, all);
    prefetch(input + first * inputs(), (last - first) * inputs());
  }

  /// A tile's part of a tensor of the outputs' shape.
  HWY_INLINE void prefetch_outputs(const float* values, const Place& place) const {
    const std::size_t rows = std::min(tile_out, height_ - place.row),
                      row_size = std::min(tile_out, width_ - place.column) * outputs();
    const float* corner = values + corner_of(place);
    for (std::size_t i = 0; i < rows; ++i) prefetch(corner + i * width_ * outputs(), row_size);
  }

  HWY_INLINE void transform_output(float* HWY_RESTRICT output, const Place& place,
                                   std::size_t slot) const {
    const std::size_t rows = std::min(tile_out, height_ - place.row),
                      columns = std::min(tile_out, width_ - place.column);
    const std::size_t corner = corner_of(place);
    const bool whole = rows == tile_out && columns == tile_out;
    for_each_group(outputs(), [&](std::size_t k, auto group) HWY_ATTR {
      const float* source = multiplied_.get() + slot * output_row() + k;
      V half[tile_out][tile_in];
      for (std::size_t j = 0; j < tile_in; ++j) {
        V values[tile_in], made[tile_out];
        for (std::size_t i = 0; i < tile_in; ++i)
          values[i] = hn::LoadU(lanes, source + (i * tile_in + j) * output_plane());
        Shape::transform_output(values, made);
        for (std::size_t i = 0; i < tile_out; ++i) half[i][j] = made[i];
      }
      if (whole) {  // with trip counts known at compile time
        store_tile(group, half, tile_out, tile_out, output, corner + k);
      } else {
        store_tile(group, half, rows, columns, output, corner + k);
      }
    });
  }

  template <typename Group>
  HWY_INLINE void store_tile(Group group, const V (&half)[tile_out][tile_in], std::size_t rows,
                             std::size_t columns, float* HWY_RESTRICT output,
                             std::size_t corner) const {
    for (std::size_t i = 0; i < rows; ++i) {
      V made[tile_out];
      Shape::transform_output(half[i], made);
      for (std::size_t j = 0; j < columns; ++j)
        store_output(group, made[j], output, corner + (i * width_ + j) * outputs());
    }
  }

  template <typename Group>
  HWY_INLINE void store_output(Group group, V value, float* HWY_RESTRICT output,
                               std::size_t at) const {
    if (fusion_.mask != nullptr) value = passed_back<known_channels != 0>(value, fusion_.mask, at);
    group.store(value, output + at);
  }

  ReluFusion fusion_;
  std::size_t images_, height_, width_, any_inputs_, any_outputs_;
  std::size_t any_input_row_;
  std::size_t band_row_;                        ///< numbers in a row of the band
  Panels panels_;                               ///< of each product
  hwy::AlignedFreeUniquePtr<float[]> weights_;  ///< [products], panels each
  hwy::AlignedFreeUniquePtr<float[]> band_;     ///< [rows of a tile, columns of an image, inputs]
  hwy::AlignedFreeUniquePtr<float[]> transformed_;  ///< [products, batch, inputs, padded]
  hwy::AlignedFreeUniquePtr<float[]> multiplied_;   ///< [products, batch, outputs, padded]
};

void compute(const float* input, const float* weights, const ConvolutionSize& size, Tile tile,
             const ReluFusion& fusion, float* output) {
  const auto inputs = static_cast<std::size_t>(size.inputs),
             outputs = static_cast<std::size_t>(size.outputs);
  with_known_channels(inputs == outputs ? inputs : 0, [&](auto channels) {
    if (tile == Tile::large) {
      Convolution<LargeTile, channels>(size, weights, fusion).run(input, output);
    } else {
      Convolution<SmallTile, channels>(size, weights, fusion).run(input, output);
    }
  });
}

}  // namespace
}  // namespace wrcor::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace wrcor {

HWY_EXPORT(compute);

void winograd_convolution(const float* input, const float* weights, const ConvolutionSize& size,
                          Tile tile, const ReluFusion& fusion, float* output) {
  HWY_DYNAMIC_DISPATCH(compute)(input, weights, size, tile, fusion, output);
}

}  // namespace wrcor
#endif
