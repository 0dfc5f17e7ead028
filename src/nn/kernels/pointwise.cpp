#include <algorithm>
#include <cstddef>
#include <numeric>
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

constexpr std::size_t ahead = 4 * batch;  // positions whose values are asked for before their turn

template <std::size_t known_inputs, typename Lanes>
void multiply_positions(Lanes lanes, const float* input, const float* weights,
                        std::size_t positions, std::size_t any_inputs, std::size_t outputs,
                        const ReluFusion& fusion, float* output) {
  const std::size_t inputs = known_inputs > 0 ? known_inputs : any_inputs;
  const auto rows = aligned_floats(batch * inputs);
  std::fill_n(rows.get(), batch * inputs, 0.0f);
  for (std::size_t start = 0; start < positions; start += batch) {
    const std::size_t count = std::min(batch, positions - start);
    const float* source = input + start * inputs;
    if (fusion.of_input) {
      copy_rectified(lanes, source, count * inputs, rows.get());
      source = rows.get();
    } else if (count < batch) {
      std::copy_n(source, count * inputs, rows.get());
      source = rows.get();
    }
    float* target = output + start * outputs;
    const std::size_t coming = std::min(start + ahead, positions) * outputs;
    const std::size_t length = std::min(start + ahead + batch, positions) * outputs - coming;
    prefetch(output + coming, length);
    if (fusion.mask == nullptr) {
      multiply_rows(lanes, {source, inputs, inputs}, weights, outputs,
                    [&](auto sum, std::size_t row, std::size_t k) HWY_ATTR {
                      if (row < count) hn::StoreU(sum, lanes, target + row * outputs + k);
                    });
    } else {
      multiply_rows(lanes, {source, inputs, inputs}, weights, outputs,
                    [&](auto sum, std::size_t row, std::size_t k) HWY_ATTR {
                      if (row >= count) return;
                      const std::size_t at = (start + row) * outputs + k;
                      hn::StoreU(passed_back(lanes, sum, fusion.mask, at), lanes, output + at);
                    });
    }
  }
}

void compute(const float* input, const float* weights, const ConvolutionSize& size,
             const ReluFusion& fusion, float* output) {
  const auto inputs = static_cast<std::size_t>(size.inputs),
             outputs = static_cast<std::size_t>(size.outputs),
             positions = static_cast<std::size_t>(size.images) *
                         static_cast<std::size_t>(size.height) *
                         static_cast<std::size_t>(size.width);
  with_channel_lanes(std::gcd(inputs, outputs), [&](auto lanes) {
    with_known_channels(inputs, [&](auto known) {
      multiply_positions<known>(lanes, input, weights, positions, inputs, outputs, fusion, output);
    });
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
