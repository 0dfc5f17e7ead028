// Sums over the weights W of convolution and linear layers and their gradients G of the loss:
// snip  sum of |W G|       Lee et al., arXiv 1810.02340
// plain sum of W G         Abdelfattah et al., arXiv 2101.08134
// grad_norm sum of the layers' |G|_2   the same

#include <vector>

#include "internal/factories.h"
#include "nn/readback.h"
#include "proxy/finite.h"

namespace wrcor {
namespace {

enum class Saliency { snip, plain, grad_norm };

class WeightSaliency final : public Proxy {
 public:
  explicit WeightSaliency(Saliency kind) : kind_(kind) {}

  Requirements requirements() const override { return {Need::weight_gradients}; }

  Score score(const Observation& seen) const override {
    std::vector<at::Tensor> terms;  // by layer: the norm and the term
    for (const auto& [layer, gradient] : seen.weight_gradients()) {
      const at::Tensor exact = gradient.to(at::kDouble);  // products may exceed float32
      terms.push_back(exact.norm());
      terms.push_back(kind_ == Saliency::grad_norm ? terms.back() : of_layer(seen, layer, exact));
    }
    const std::vector<double> values = values_of(terms);
    double size = 0, total = 0;
    for (std::size_t i = 0; i < values.size(); i += 2) {
      size += require_finite(values[i], "gradient");
      total += values[i + 1];
    }
    if (size == 0) return Score::degenerate("zero_gradient", total);
    return Score::of(total);
  }

 private:
  at::Tensor of_layer(const Observation& seen, int layer, const at::Tensor& gradient) const {
    const at::Tensor product = seen.network().weights(layer).weight * gradient;
    return (kind_ == Saliency::snip ? product.abs() : product).sum();
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
