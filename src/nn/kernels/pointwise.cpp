#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <type_traits>

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

/// @tparam Distance  from one row of inputs to the next, at least the inputs
/// @tparam whole  whether the outputs fill vectors and bytes of a mask
template <typename Distance, typename Depth, bool whole>
class Convolution {
 public:
  Convolution(Distance distance, Depth inputs, std::size_t outputs, const float* weights,
              const ReluFusion& fusion)
      : distance_(distance),
        inputs_(inputs),
        outputs_(outputs),
        fusion_(fusion),
        panels_(inputs, outputs),
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
        multiply_rows(rows, distance_, inputs_, panels_, weights_.get(),
                      [&](auto sum, std::size_t row, std::size_t k) HWY_ATTR {
                        if (row < count) store(sum, k, output + (start + row) * outputs_ + k);
                      });
      } else {
        multiply_rows(rows, distance_, inputs_, panels_, weights_.get(),
                      [&](auto sum, std::size_t row, std::size_t k) HWY_ATTR {
                        if (row >= count) return;
                        const std::size_t at = (start + row) * outputs_ + k;
                        store(passed_back<whole>(sum, fusion_.mask, at), k, output + at);
                      });
      }
    }
  }

 private:
  static constexpr std::size_t ahead = 4 * batch;  // positions to prefetch ahead

  /// The source itself where its rows can be used as they are, else a copy.
  HWY_INLINE const float* take_rows(const float* source, std::size_t count) {
    if (inputs_ == distance_) {
      if (count == batch && !fusion_.of_input) return source;
      copy_numbers(fusion_.of_input, source, count * inputs_, rows_.get());
      return rows_.get();
    }
    for (std::size_t t = 0; t < count; ++t)
      copy_numbers(fusion_.of_input, source + t * inputs_, inputs_, rows_.get() + t * distance_);
    return rows_.get();
  }

  template <typename V>
  HWY_INLINE void store(V vector, std::size_t k, float* to) const {
    if (whole || k + hn::Lanes(Panels::lanes) <= outputs_) {
      hn::StoreU(vector, Panels::lanes, to);
    } else {
      store_first(Panels::lanes, vector, to, outputs_ - k);
    }
  }

  Distance distance_;
  Depth inputs_;
  std::size_t outputs_;
  ReluFusion fusion_;
  Panels panels_;
  hwy::AlignedFreeUniquePtr<float[]> weights_;
  hwy::AlignedFreeUniquePtr<float[]> rows_;  ///< [batch, distance]
};

void compute(const float* input, const float* weights, const ConvolutionSize& size,
             const ReluFusion& fusion, float* output) {
  const auto inputs = static_cast<std::size_t>(size.inputs),
             outputs = static_cast<std::size_t>(size.outputs),
             positions = static_cast<std::size_t>(size.images) *
                         static_cast<std::size_t>(size.height) *
                         static_cast<std::size_t>(size.width);
  const bool whole = outputs % std::max<std::size_t>(8, hn::MaxLanes(Panels::lanes)) == 0;
  with_known_channels(whole ? inputs : 0, [&](auto known) {
    if constexpr (known > 0) {
      Convolution<decltype(known), decltype(known), true>(known, known, outputs, weights, fusion)
          .run(input, positions, output);
    } else {
      with_known_distance<48, 80, 176, 304, 592, 1040>(inputs, [&](auto distance) {
        Convolution<decltype(distance), std::size_t, false>(distance, inputs, outputs, weights,
                                                            fusion)
            .run(input, positions, output);
      });
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
