// Sums over the weights W of convolution and linear layers and their gradients G of the loss:
// snip  sum of |W G|       Lee et al., arXiv 1810.02340
// plain sum of W G         Abdelfattah et al., arXiv 2101.08134
// grad_norm sum of the layers' |G|_2   the same

#include <cmath>

#include "internal/factories.h"
#include "proxy/finite.h"

namespace wrcor {
namespace {

enum class Saliency { snip, plain, grad_norm };

class WeightSaliency final : public Proxy {
 public:
  explicit WeightSaliency(Saliency kind) : kind_(kind) {}

  Requirements requirements() const override { return {Need::weight_gradients}; }

  Score score(const Observation& seen) const override {
    double total = 0, size = 0;
    for (const auto& [layer, gradient] : seen.weight_gradients()) {
      const at::Tensor exact = gradient.to(at::kDouble);  // products may exceed float32
      const double norm = require_finite(exact.norm().item<double>(), "gradient");
      total += kind_ == Saliency::grad_norm ? norm : of_layer(seen, layer, exact);
      size += norm;
    }
    if (size == 0) return Score::degenerate("zero_gradient", total);
    return Score::of(total);
  }

 private:
  double of_layer(const Observation& seen, int layer, const at::Tensor& gradient) const {
    const at::Tensor product = seen.network().weights(layer).weight * gradient;
    return (kind_ == Saliency::snip ? product.abs() : product).sum().item<double>();
  }

  Saliency kind_;
};

}  // namespace

std::unique_ptr<Proxy> make_snip(const ProxyContext&) {
  return std::make_unique<WeightSaliency>(Saliency::snip);
}
std::unique_ptr<Proxy> make_plain(const ProxyContext&) {
  return std::make_unique<WeightSaliency>(Saliency::plain);
}
std::unique_ptr<Proxy> make_grad_norm(const ProxyContext&) {
  return std::make_unique<WeightSaliency>(Saliency::grad_norm);
}

}  // namespace wrcor
