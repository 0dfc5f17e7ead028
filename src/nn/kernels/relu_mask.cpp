#include <cstddef>
#include <cstdint>

#include "convolution_kernels.h"
#include "core/vector_targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "nn/kernels/relu_mask.cpp"
#include <hwy/foreach_target.h>

#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace wrcor::HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

void compute(const float* values, std::size_t count, std::uint8_t* mask) {
  const hn::ScalableTag<float> lanes;
  std::size_t at = 0;
  if constexpr (hn::MaxLanes(lanes) >= 8) {
    for (; at + hn::Lanes(lanes) <= count; at += hn::Lanes(lanes)) {
      // Not "above 0", so that a NaN passes.
      const auto stopped = hn::Le(hn::LoadU(lanes, values + at), hn::Zero(lanes));
      hn::StoreMaskBits(lanes, hn::Not(stopped), mask + at / 8);
    }
  }
  // The rest, or everything on targets of 4 lanes; few processors have no more lanes.
  for (; at < count; at += 8) {
    unsigned bits = 0;
    for (std::size_t i = at; i < count && i < at + 8; ++i)
      bits |= static_cast<unsigned>(!(values[i] <= 0)) << (i - at);
    mask[at / 8] = static_cast<std::uint8_t>(bits);
  }
}

}  // namespace
}  // namespace wrcor::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace wrcor {

HWY_EXPORT(compute);

void relu_mask(const float* values, std::size_t count, std::uint8_t* mask) {
  HWY_DYNAMIC_DISPATCH(compute)(values, count, mask);
}

}  // namespace wrcor
#endif
