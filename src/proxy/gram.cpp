#include "internal/gram.h"

#include <algorithm>

#include "core/aligned_floats.h"
#include "core/vector_targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "proxy/gram.cpp"
#include <hwy/foreach_target.h>

#include <hwy/cache_control.h>
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
// Features at a time: the blocks of all rows together fit the second-level cache.
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
    for (std::size_t i = 0; i < height; ++i)
      mine[i] = hn::Load(lanes, left + height * k + i * step);
    for (std::size_t j = 0; j < width; ++j) {
      const Vector other = hn::Load(lanes, right + height * k + j * step);
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

/// Copies a block of a row, padded with zeros, and adds the lanes' sums to `sum`.
HWY_INLINE void take_block(const float* row, std::size_t features, float* target,
                           float* HWY_RESTRICT sum) {
  const std::size_t step = hn::Lanes(lanes);
  HWY_ALIGN float filled[block];
  if (features < block) {
    std::copy_n(row, features, filled);
    std::fill(filled + features, filled + block, 0.0f);
    row = filled;
  }
  Vector total = hn::Load(lanes, sum);
  for (std::size_t k = 0; k < block; k += step) {
    const Vector values = hn::LoadU(lanes, row + k);
    hn::Store(values, lanes, target + height * k);
    total = hn::Add(total, values);
  }
  hn::Store(total, lanes, sum);
}

/// Start of a row in the packed block, which interleaves a tile's height of rows.
HWY_INLINE std::size_t place(std::size_t row) {
  return row / height * height * block + row % height * hn::Lanes(lanes);
}

double sum_of_lanes(const float* values) {
  constexpr hn::ScalableTag<double> doubles;
  constexpr hn::Rebind<float, decltype(doubles)> floats;
  auto sum = hn::Zero(doubles);
  for (std::size_t i = 0; i < hn::Lanes(lanes); i += hn::Lanes(doubles))
    sum = hn::Add(sum, hn::PromoteTo(doubles, hn::LoadU(floats, values + i)));
  return hn::GetLane(hn::SumOfLanes(doubles, sum));
}

hwy::AlignedFreeUniquePtr<float[]> zeros(std::size_t count) {
  auto values = aligned_floats(count);
  std::fill_n(values.get(), count, 0.0f);
  return values;
}

/// Calls visit(i, j) with the first rows of every tile of the upper triangle; tiles that share most
/// of their rows are visited together.
template <typename Visit>
HWY_INLINE void for_each_tile(std::size_t n, const Visit& visit) {
  constexpr std::size_t group = 16;
  for (std::size_t top = 0; top < n; top += group) {
    for (std::size_t left = top; left < n; left += group) {
      for (std::size_t i = top; i < std::min(top + group, n); i += height) {
        for (std::size_t j = std::max(i, left); j < std::min(left + group, n); j += width)
          visit(i, j);
      }
    }
  }
}

/// Prefetches the cache lines of a block of all rows, a few at a time.
class Prefetcher {
 public:
  /// @param first  feature of the block
  /// @param calls  number of calls of ask() over which the lines are spread
  Prefetcher(const float* rows, std::size_t n, std::size_t features, std::size_t first,
             std::size_t calls)
      : rows_(rows),
        features_(features),
        first_(first),
        lines_(n * lines_a_row),
        a_call_((lines_ + calls - 1) / calls) {}

  HWY_INLINE void ask() {
    for (const std::size_t end = std::min(next_ + a_call_, lines_); next_ < end; ++next_) {
      hwy::Prefetch(rows_ + next_ / lines_a_row * features_ + first_ + next_ % lines_a_row * line);
    }
  }

 private:
  static constexpr std::size_t line = 64 / sizeof(float), lines_a_row = block / line;
  const float* rows_;
  std::size_t features_, first_, lines_, a_call_, next_ = 0;
};

void compute(const float* rows, std::size_t n, std::size_t features, double* products,
             double* sums) {
  const std::size_t step = hn::Lanes(lanes), padded = (n + height - 1) / height * height;
  std::size_t tiles = 0;
  for_each_tile(padded, [&](std::size_t, std::size_t) { ++tiles; });
  const auto packed = zeros(padded * block), tile_sums = zeros(tiles * height * width * step),
             row_sums = zeros(n * step);

  for (std::size_t start = 0; start < features; start += block) {
    for (std::size_t i = 0; i < n; ++i) {
      take_block(rows + i * features + start, std::min(block, features - start),
                 packed.get() + place(i), row_sums.get() + i * step);
    }
    float* tile = tile_sums.get();
    Prefetcher next(rows, start + 2 * block <= features ? n : 0, features, start + block, tiles);
    for_each_tile(padded, [&](std::size_t i, std::size_t j) HWY_ATTR {
      next.ask();
      add_tile(packed.get() + place(i), packed.get() + place(j), tile);
      tile += height * width * step;
    });
  }

  for (std::size_t i = 0; i < n; ++i) sums[i] = sum_of_lanes(row_sums.get() + i * step);
  const float* value = tile_sums.get();
  for_each_tile(padded, [&](std::size_t i, std::size_t j) HWY_ATTR {
    for (std::size_t a = i; a < i + height; ++a) {
      for (std::size_t b = j; b < j + width; ++b, value += step) {
        if (a < n && b < n) products[a * n + b] = products[b * n + a] = sum_of_lanes(value);
      }
    }
  });
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
