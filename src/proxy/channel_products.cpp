#include "proxy/channel_products.h"

#include <algorithm>
#include <new>
#include <span>

#include "core/vector_targets.h"
#include "nn/batch_norm.h"
#include "nn/vector_code.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "proxy/channel_products.cpp"
#include <hwy/foreach_target.h>

#include <hwy/aligned_allocator.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace wrcor::HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;
using Lanes = hn::ScalableTag<double>;
constexpr Lanes lanes;

// A tile of products is summed in registers: [height, width] vectors.
constexpr std::size_t height = 4, width = 2;
// Positions at a time: their channels, in float64, fit the first-level cache.
constexpr std::size_t block = 32;

hwy::AlignedFreeUniquePtr<double[]> zeros(std::size_t count) {
  auto values = hwy::AllocateAligned<double>(count);
  if (values == nullptr) throw std::bad_alloc();
  std::fill_n(values.get(), count, 0.0);
  return values;
}

std::size_t rounded_up(std::size_t count, std::size_t step) {
  return (count + step - 1) / step * step;
}

/// By channel, the sum over all positions.
void sum_positions(const float* values, std::size_t rows, std::span<double> sums) {
  constexpr hn::Rebind<float, Lanes> floats;
  std::fill(sums.begin(), sums.end(), 0.0);
  for (std::size_t r = 0; r < rows; ++r, values += sums.size()) {
    std::size_t c = 0;
    for (; c + hn::Lanes(lanes) <= sums.size(); c += hn::Lanes(lanes)) {
      const auto more = hn::PromoteTo(lanes, hn::LoadU(floats, values + c));
      hn::StoreU(hn::Add(hn::LoadU(lanes, sums.data() + c), more), lanes, sums.data() + c);
    }
    for (; c < sums.size(); ++c) sums[c] += values[c];
  }
}

/// Some positions of a map in float64, minus their means, padded with zeros to whole tiles.
class Block {
 public:
  Block(const float* rows, std::span<const double> means, std::size_t tile)
      : rows_(rows),
        means_(means),
        padded_(rounded_up(means.size(), tile)),
        values_(zeros(block * padded_)) {}

  HWY_INLINE void take(std::size_t first, std::size_t count) {
    constexpr hn::Rebind<float, Lanes> floats;
    const std::size_t channels = means_.size();
    for (std::size_t r = 0; r < count; ++r) {
      const float* row = rows_ + (first + r) * channels;
      double* target = values_.get() + r * padded_;
      std::size_t c = 0;
      for (; c + hn::Lanes(lanes) <= channels; c += hn::Lanes(lanes)) {
        const auto values = hn::PromoteTo(lanes, hn::LoadU(floats, row + c));
        hn::StoreU(hn::Sub(values, hn::LoadU(lanes, means_.data() + c)), lanes, target + c);
      }
      for (; c < channels; ++c) target[c] = static_cast<double>(row[c]) - means_[c];
    }
  }

  std::size_t padded() const { return padded_; }
  const double* row(std::size_t r) const { return values_.get() + r * padded_; }

 private:
  const float* rows_;
  std::span<const double> means_;
  std::size_t padded_;
  hwy::AlignedFreeUniquePtr<double[]> values_;
};

/// Adds the products of `height` channels and `width` vectors of channels to `sums`.
HWY_INLINE void add_tile(const Block& left, std::size_t i, const Block& right, std::size_t j,
                         std::size_t count, double* HWY_RESTRICT sums) {
  const std::size_t step = hn::Lanes(lanes);
  hn::Vec<Lanes> tile[height][width];
  for (std::size_t a = 0; a < height; ++a) {
    for (std::size_t b = 0; b < width; ++b)
      tile[a][b] = hn::Load(lanes, sums + a * right.padded() + b * step);
  }
  for (std::size_t r = 0; r < count; ++r) {
    const double* mine = left.row(r) + i;
    const double* others = right.row(r) + j;
    for (std::size_t b = 0; b < width; ++b) {
      const auto other = hn::Load(lanes, others + b * step);
      for (std::size_t a = 0; a < height; ++a)
        tile[a][b] = hn::MulAdd(hn::Set(lanes, mine[a]), other, tile[a][b]);
    }
  }
  for (std::size_t a = 0; a < height; ++a) {
    for (std::size_t b = 0; b < width; ++b)
      hn::Store(tile[a][b], lanes, sums + a * right.padded() + b * step);
  }
}

void sum_products(const float* left_rows, std::span<const double> left_means,
                  const float* right_rows, std::span<const double> right_means, std::size_t rows,
                  double* products) {
  const std::size_t columns = width * hn::Lanes(lanes);
  Block left(left_rows, left_means, height), right(right_rows, right_means, columns);
  const auto sums = zeros(left.padded() * right.padded());
  for (std::size_t first = 0; first < rows; first += block) {
    const std::size_t count = std::min(block, rows - first);
    left.take(first, count);
    right.take(first, count);
    for (std::size_t i = 0; i < left.padded(); i += height) {
      for (std::size_t j = 0; j < right.padded(); j += columns)
        add_tile(left, i, right, j, count, sums.get() + i * right.padded() + j);
    }
  }
  for (std::size_t i = 0; i < left_means.size(); ++i) {
    std::copy_n(sums.get() + i * right.padded(), right_means.size(),
                products + i * right_means.size());
  }
}

}  // namespace
}  // namespace wrcor::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace wrcor {
namespace {

HWY_EXPORT(sum_positions);
HWY_EXPORT(sum_products);

std::span<double> doubles_of(const at::Tensor& tensor) {
  return {tensor.data_ptr<double>(), static_cast<std::size_t>(tensor.numel())};
}

/// The mean outer product of the deviations of two maps from their means.
/// @param left, right  [positions, channels]
/// @param left_means, right_means  [channels], float64
at::Tensor mean_products(const at::Tensor& left, const at::Tensor& left_means,
                         const at::Tensor& right, const at::Tensor& right_means) {
  const auto positions = static_cast<double>(left.size(0));
  if (!has_vector_code(left)) {
    const at::Tensor a = left.to(at::kDouble) - left_means, b = right.to(at::kDouble) - right_means;
    return at::mm(a.t(), b) / positions;
  }
  at::Tensor products = at::empty({left.size(1), right.size(1)}, at::kDouble);
  HWY_DYNAMIC_DISPATCH(sum_products)
  (left.data_ptr<float>(), doubles_of(left_means), right.data_ptr<float>(), doubles_of(right_means),
   static_cast<std::size_t>(left.size(0)), products.data_ptr<double>());
  return products / positions;
}

at::Tensor channel_means(const at::Tensor& rows) {
  if (!has_vector_code(rows)) return rows.to(at::kDouble).mean(0);
  at::Tensor sums = at::empty({rows.size(1)}, at::kDouble);
  HWY_DYNAMIC_DISPATCH(sum_positions)
  (rows.data_ptr<float>(), static_cast<std::size_t>(rows.size(0)), doubles_of(sums));
  return sums / static_cast<double>(rows.size(0));
}

}  // namespace

at::Tensor mean_channel_products(const at::Tensor& left, const at::Tensor& right) {
  const auto none = [](const at::Tensor& map) {
    return at::zeros({map.size(1)}, map.options().dtype(at::kDouble));
  };
  return mean_products(channel_rows(left).contiguous(), none(left),
                       channel_rows(right).contiguous(), none(right));
}

at::Tensor channel_covariance(const at::Tensor& map) {
  const at::Tensor rows = channel_rows(map).contiguous(), means = channel_means(rows);
  return mean_products(rows, means, rows, means);
}

}  // namespace wrcor
#endif
