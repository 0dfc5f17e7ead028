#include "proxy/binary_codes.h"

#include <limits>

#include "proxy/correlation.h"

namespace wrcor {

BinaryCodeSums::BinaryCodeSums(const NetworkPlan& plan, std::span<const Tap> taps)
    : TapObserver(plan, taps) {
  for (const Tap& tap : taps) {
    const Layer& layer = plan.layers[static_cast<std::size_t>(tap.layer)];
    const FeatureShape& shape =
        tap.side == Side::activation
            ? layer.out
            : plan.layers[static_cast<std::size_t>(layer.inputs.front())].out;
    of(tap.side).unreceived_features +=
        static_cast<double>(tap.multiplicity) * shape.channels * shape.height * shape.width;
  }
}

void BinaryCodeSums::record(const at::Tensor& response, std::span<const Tap> taps) {
  const at::Tensor rows = flatten_rows(response);
  const auto features = static_cast<double>(rows.size(1));
  // Counts are exact in float32 up to 2^24.
  at::Tensor bits = at::empty_like(rows, at::kFloat);
  at::gt_out(bits, rows, 0);
  const at::Tensor both = at::mm(bits, bits.t()).to(at::kDouble);
  const at::Tensor ones = both.diagonal();
  // Both one, or both zero: b.b' + (1 - b).(1 - b') = D - |b| - |b'| + 2 b.b'.
  const at::Tensor shared =
      both.mul(2).sub_(ones.unsqueeze(1)).sub_(ones.unsqueeze(0)).add_(features);
  const auto [least, greatest] = at::aminmax(rows);
  const at::Tensor finite = least.isfinite().logical_and(greatest.isfinite());
  for (const Tap& tap : taps) {
    OneSide& side = of(tap.side);
    if (!side.sum.defined()) side.sum = at::zeros_like(shared);
    side.finite = side.finite.defined() ? side.finite.logical_and(finite) : finite;
    side.sum.add_(shared, tap.multiplicity);
    side.unreceived_features -= tap.multiplicity * features;
  }
}

at::Tensor BinaryCodeSums::sum(Side side) const {
  const OneSide& one = sides_[side == Side::activation ? 0 : 1];
  if (!one.sum.defined()) return {};
  const at::Tensor undefined =
      at::full({}, std::numeric_limits<double>::quiet_NaN(), one.sum.options());
  return at::where(one.finite, one.sum + one.unreceived_features, undefined);
}

}  // namespace wrcor
