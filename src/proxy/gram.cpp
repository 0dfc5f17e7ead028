#include "gram.h"

#include <algorithm>

#include "nn/aligned_floats.h"
#include "wrcor/core/vector_targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "proxy/gram.cpp"
#include <hwy/foreach_target.h>

#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace wrcor::HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;
using Lanes = hn::ScalableTag<float>;
using Vector = hn::Vec<Lanes>;
constexpr Lanes lanes;

// A tile of products is summed in registers: [height, width] vectors.
constexpr std::size_t height = 4;
#if HWY_TARGET == HWY_AVX2 || HWY_TARGET == HWY_SSE4
constexpr std::size_t width = 2;  // of 16 registers
#else
constexpr std::size_t width = 4;  // of 32
#endif
// Features at a time: the block of every row together is in the second-level cache.
constexpr std::size_t block = 256;

/// Adds the lanes' sums of products of `height` and `width` rows of a block to `sums`.
HWY_INLINE void add_tile(const float* HWY_RESTRICT left, const float* HWY_RESTRICT right,
                         float* HWY_RESTRICT sums) {
  const std::size_t step = hn::Lanes(lanes);
  Vector tile[height][width];
  for (auto& row : tile) {
    for (Vector& sum : row) sum = hn::Zero(lanes);
  }
  for (std::size_t k = 0; k < block; k += step) {
    Vector mine[height];
    for (std::size_t i = 0; i < height; ++i) mine[i] = hn::Load(lanes, left + i * block + k);
    for (std::size_t j = 0; j < width; ++j) {
      const Vector other = hn::Load(lanes, right + j * block + k);
      for (std::size_t i = 0; i < height; ++i) tile[i][j] = hn::MulAdd(mine[i], other, tile[i][j]);
    }
  }
  for (const auto& row : tile) {
    for (const Vector& sum : row) {
      hn::Store(hn::Add(hn::Load(lanes, sums), sum), lanes, sums);
      sums += step;
    }
  }
}

/// Copies a block of a row, filled up with zeros, and adds the lanes' sums to `sum`.
HWY_INLINE void take_block(const float* row, std::size_t features, float* target,
                           float* HWY_RESTRICT sum) {
  const std::size_t step = hn::Lanes(lanes);
  if (features < block) {
    std::copy_n(row, features, target);
    std::fill(target + features, target + block, 0.0f);
    row = target;
  }
  Vector total = hn::Load(lanes, sum);
  for (std::size_t k = 0; k < block; k += step) {
    const Vector values = hn::LoadU(lanes, row + k);
    hn::Store(values, lanes, target + k);
    total = hn::Add(total, values);
  }
  hn::Store(total, lanes, sum);
}

double sum_of_lanes(const float* values) {
  double sum = 0;
  for (std::size_t i = 0; i < hn::Lanes(lanes); ++i) sum += values[i];
  return sum;
}

hwy::AlignedFreeUniquePtr<float[]> zeros(std::size_t count) {
  auto values = aligned_floats(count);
  std::fill_n(values.get(), count, 0.0f);
  return values;
}

void compute(const float* rows, std::size_t n, std::size_t features, double* products,
             double* sums) {
  const std::size_t step = hn::Lanes(lanes), padded = (n + height - 1) / height * height;
  std::size_t tiles = 0;  // of the upper triangle
  for (std::size_t i = 0; i < padded; i += height) tiles += (padded - i) / width;
  const auto packed = zeros(padded * block), tile_sums = zeros(tiles * height * width * step),
             row_sums = zeros(n * step);

  for (std::size_t start = 0; start < features; start += block) {
    for (std::size_t i = 0; i < n; ++i) {
      take_block(rows + i * features + start, std::min(block, features - start),
                 packed.get() + i * block, row_sums.get() + i * step);
    }
    float* tile = tile_sums.get();
    for (std::size_t i = 0; i < padded; i += height) {
      for (std::size_t j = i; j < padded; j += width, tile += height * width * step)
        add_tile(packed.get() + i * block, packed.get() + j * block, tile);
    }
  }

  for (std::size_t i = 0; i < n; ++i) sums[i] = sum_of_lanes(row_sums.get() + i * step);
  const float* value = tile_sums.get();
  for (std::size_t i = 0; i < padded; i += height) {
    for (std::size_t j = i; j < padded; j += width) {
      for (std::size_t a = i; a < i + height; ++a) {
        for (std::size_t b = j; b < j + width; ++b, value += step) {
          if (a < n && b < n) products[a * n + b] = products[b * n + a] = sum_of_lanes(value);
        }
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

void gram(const float* rows, std::size_t n, std::size_t features, double* products, double* sums) {
  HWY_DYNAMIC_DISPATCH(compute)(rows, n, features, products, sums);
}

}  // namespace wrcor
#endif
