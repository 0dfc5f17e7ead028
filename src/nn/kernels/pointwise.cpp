#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>

#include "convolution_kernels.h"
#include "core/aligned_floats.h"
#include "core/vector_targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "nn/kernels/pointwise.cpp"
#include <hwy/foreach_target.h>

#include <hwy/cache_control.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
#include "channel_lanes.h"
#include "convolution_lanes.h"
namespace wrcor::HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

/// @tparam Distance  at least the inputs
template <typename Distance>
class Convolution {
 public:
  Convolution(Distance distance, const ConvolutionSize& size, const float* weights,
              const ReluFusion& fusion)
      : distance_(distance),
        inputs_(static_cast<std::size_t>(size.inputs)),
        outputs_(static_cast<std::size_t>(size.outputs)),
        fusion_(fusion),
        panels_(inputs_, outputs_),
        weights_(aligned_floats(panels_.size())),
        rows_(aligned_floats(batch * distance_)) {
    for (std::size_t c = 0; c < inputs_; ++c)
      panels_.take(c, weights + c * outputs_, weights_.get());
    std::fill_n(rows_.get(), batch * distance_, 0.0f);
  }

  void run(const float* input, std::size_t positions, float* output) {
    for (std::size_t start = 0; start < positions; start += batch) {
      const std::size_t count = std::min(batch, positions - start);
      const float* rows = take_rows(input + start * inputs_, count);
      const std::size_t coming = std::min(start + ahead, positions) * outputs_;
      const std::size_t length = std::min(start + ahead + batch, positions) * outputs_ - coming;
      prefetch(output + coming, length);
      if (fusion_.mask == nullptr) {
        multiply_rows(rows, distance_, panels_, weights_.get(),
                      [&](auto sum, std::size_t row, std::size_t k) HWY_ATTR {
                        if (row < count) store(sum, k, output + (start + row) * outputs_ + k);
                      });
      } else {
        multiply_rows(rows, distance_, panels_, weights_.get(),
                      [&](auto sum, std::size_t row, std::size_t k) HWY_ATTR {
                        if (row >= count) return;
                        const std::size_t at = (start + row) * outputs_ + k;
                        store(passed_back(sum, fusion_.mask, at), k, output + at);
                      });
      }
    }
  }

 private:
  static constexpr std::size_t ahead = 4 * batch;  // positions to prefetch before their turn

  /// The source itself where its rows lie as they should.
  HWY_INLINE const float* take_rows(const float* source, std::size_t count) {
    if (inputs_ == distance_ && count == batch && !fusion_.of_input) return source;
    for (std::size_t t = 0; t < count; ++t) {
      copy_numbers(fusion_.of_input, source + t * inputs_, inputs_, rows_.get() + t * distance_);
    }
    return rows_.get();
  }

  template <typename V>
  HWY_INLINE void store(V vector, std::size_t k, float* to) const {
    if (k + hn::Lanes(Panels::lanes) <= outputs_) {
      hn::StoreU(vector, Panels::lanes, to);
    } else {
      store_first(Panels::lanes, vector, to, outputs_ - k);
    }
  }

  Distance distance_;
  std::size_t inputs_, outputs_;
  ReluFusion fusion_;
  Panels panels_;
  hwy::AlignedFreeUniquePtr<float[]> weights_;
  hwy::AlignedFreeUniquePtr<float[]> rows_;  ///< [batch, distance]
};

void compute(const float* input, const float* weights, const ConvolutionSize& size,
             const ReluFusion& fusion, float* output) {
  const auto inputs = static_cast<std::size_t>(size.inputs),
             positions = static_cast<std::size_t>(size.images) *
                         static_cast<std::size_t>(size.height) *
                         static_cast<std::size_t>(size.width);
  const auto work = [&](auto distance) {
    Convolution<decltype(distance)>(distance, size, weights, fusion).run(input, positions, output);
  };
  with_known_channels(inputs, [&](auto known) {
    if constexpr (known > 0) {
      work(known);
    } else {
      with_known_distance(inputs, work);
    }
  });
}

}  // namespace
}  // namespace wrcor::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace wrcor {

HWY_EXPORT(compute);

void pointwise_convolution(const float* input, const float* weights, const ConvolutionSize& size,
                           const ReluFusion& fusion, float* output) {
  HWY_DYNAMIC_DISPATCH(compute)(input, weights, size, fusion, output);
}

}  // namespace wrcor
#endif
