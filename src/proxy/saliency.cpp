// Sums over the weights W of convolution and linear layers and their gradients G of the loss:
// snip  sum of |W G|       Lee et al., arXiv 1810.02340
// plain sum of W G         Abdelfattah et al., arXiv 2101.08134
// grad_norm sum of the layers' |G|_2   the same

#include "internal/factories.h"
#include "proxy/finite.h"

namespace wrcor {
namespace {

enum class Saliency { snip, plain, grad_norm };

class LossSaliency final : public Proxy {
 public:
  explicit LossSaliency(Saliency kind) : kind_(kind) {}

  Requirements requirements() const override { return {Need::weight_gradients}; }

  Score score(const Observation& seen) const override {
    double size = 0, total = 0;
    for (const WeightSaliency& layer : seen.weight_saliency()) {
      size += require_finite(layer.gradient_norm, "gradient");
      total += term(layer);
    }
    if (size == 0) return Score::degenerate("zero_gradient", total);
    return Score::of(total);
  }

 private:
  double term(const WeightSaliency& layer) const {
    if (kind_ == Saliency::grad_norm) return layer.gradient_norm;
    return kind_ == Saliency::snip ? layer.magnitude : layer.product;
  }

  Saliency kind_;
};

}  // namespace

std::unique_ptr<Proxy> make_snip(const ProxyContext&) {
  return std::make_unique<LossSaliency>(Saliency::snip);
}
std::unique_ptr<Proxy> make_plain(const ProxyContext&) {
  return std::make_unique<LossSaliency>(Saliency::plain);
}
std::unique_ptr<Proxy> make_grad_norm(const ProxyContext&) {
  return std::make_unique<LossSaliency>(Saliency::grad_norm);
}

}  // namespace wrcor
