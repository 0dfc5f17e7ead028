// wrcor, rcor, acor, gcor: ln |det K|, where K is a sum of the absolute correlation matrices of the
// responses of every layer. They differ in the side that they use and in the weight of a layer.
// Source: Jing et al., arXiv 2507.08841, section 3.

#include <cmath>
#include <vector>

#include "internal/factories.h"
#include "proxy/finite.h"

namespace wrcor {
namespace {

enum class LayerWeight { one, doubling };

class ResponseCorrelation final : public Proxy {
 public:
  ResponseCorrelation(std::vector<Side> sides, LayerWeight weight)
      : sides_(std::move(sides)), weight_(weight) {}

  Requirements requirements() const override {
    Requirements needs;
    for (const Side side : sides_) {
      needs |=
          {side == Side::activation ? Need::activation_correlations : Need::gradient_correlations};
    }
    return needs;
  }

  Score score(const Observation& seen) const override {
    at::Tensor k;
    const CorrelationSums& correlations = seen.correlations();
    for (int unit = 0; unit < correlations.units(); ++unit) {
      for (const Side side : sides_) {
        const at::Tensor sum = correlations.sum(side, unit);
        if (!sum.defined()) continue;
        require_finite(sum, to_string(side));
        if (!k.defined()) k = at::zeros_like(sum);
        k.add_(sum, weight_ == LayerWeight::doubling ? std::exp2(unit) : 1.0);
      }
    }
    return log_determinant_score(k, "all_responses_dropped");
  }

 private:
  std::vector<Side> sides_;
  LayerWeight weight_;
};

std::unique_ptr<Proxy> make(std::vector<Side> sides, LayerWeight weight) {
  return std::make_unique<ResponseCorrelation>(std::move(sides), weight);
}

}  // namespace

std::unique_ptr<Proxy> make_wrcor(const ProxyContext&) {
  return make({Side::activation, Side::gradient}, LayerWeight::doubling);
}
std::unique_ptr<Proxy> make_rcor(const ProxyContext&) {
  return make({Side::activation, Side::gradient}, LayerWeight::one);
}
std::unique_ptr<Proxy> make_acor(const ProxyContext&) {
  return make({Side::activation}, LayerWeight::one);
}
std::unique_ptr<Proxy> make_gcor(const ProxyContext&) {
  return make({Side::gradient}, LayerWeight::one);
}

}  // namespace wrcor
