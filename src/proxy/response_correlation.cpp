// wrcor, rcor, acor, gcor: ln |det K|, where K is a sum of the absolute correlation matrices of the
// responses of every layer. They differ in which side they look at and in the weight of a layer.
// Source: Jing et al., arXiv 2507.08841, section 3.

#include <cmath>
#include <limits>

#include "factories.h"

namespace wrcor {
namespace {

enum class LayerWeight { one, doubling };

class ResponseCorrelation final : public Proxy {
 public:
  ResponseCorrelation(Requirements sides, LayerWeight weight) : sides_(sides), weight_(weight) {}

  Requirements requirements() const override { return sides_; }

  Score score(const Observation& seen) const override {
    at::Tensor k;
    const auto add = [&](Side side, int unit) {
      const at::Tensor sum = seen.correlations.sum(side, unit);
      if (!sum.defined()) return;
      if (!k.defined()) k = at::zeros_like(sum);
      k.add_(sum, weight_ == LayerWeight::doubling ? std::exp2(unit) : 1.0);
    };
    for (int unit = 0; unit < seen.correlations.units(); ++unit) {
      if (sides_.activations) add(Side::activation, unit);
      if (sides_.gradients) add(Side::gradient, unit);
    }
    constexpr double infinity = std::numeric_limits<double>::infinity();
    if (!k.defined()) return {Status::degenerate, "no_response", std::nullopt, -infinity};
    const LogDeterminant determinant = log_determinant(k);
    const auto undefined = [&](const char* reason) {
      return Score{Status::degenerate, reason, std::nullopt, determinant.value};
    };
    if (determinant.sign == 0) return undefined("all_responses_dropped");
    if (determinant.singular) return undefined("singular");
    if (!std::isfinite(determinant.value)) return undefined("nonfinite");
    // Absolute values can take positive definiteness away; the published score ignores the sign.
    const char* note = determinant.sign < 0 ? "negative_determinant" : "";
    return {Status::ok, "", determinant.value, determinant.value, note};
  }

 private:
  Requirements sides_;
  LayerWeight weight_;
};

std::unique_ptr<Proxy> make(Requirements sides, LayerWeight weight) {
  return std::make_unique<ResponseCorrelation>(sides, weight);
}

}  // namespace

std::unique_ptr<Proxy> make_wrcor(const ProxyContext&) {
  return make({.activations = true, .gradients = true}, LayerWeight::doubling);
}
std::unique_ptr<Proxy> make_rcor(const ProxyContext&) {
  return make({.activations = true, .gradients = true}, LayerWeight::one);
}
std::unique_ptr<Proxy> make_acor(const ProxyContext&) {
  return make({.activations = true}, LayerWeight::one);
}
std::unique_ptr<Proxy> make_gcor(const ProxyContext&) {
  return make({.gradients = true}, LayerWeight::one);
}

}  // namespace wrcor
