// Of the weights W of convolution and linear layers alone:
// l2_norm: sum over layers of |W|_2. Source: Abdelfattah et al., arXiv 2101.08134.
// layerwise_dyn_isometry: - sum over layers of |V V^T - I|_F, V = W as [outputs, rest]: how close
// every layer is to an isometry. As a sum over layers, it ranks in reverse.
// Source: Jing et al., arXiv 2507.08841.

#include <vector>

#include "internal/factories.h"
#include "nn/readback.h"

namespace wrcor {
namespace {

double sum_of(const std::vector<at::Tensor>& scalars) {
  double sum = 0;
  for (const double value : values_of(scalars)) sum += value;
  return sum;
}

class L2Norm final : public Proxy {
 public:
  Requirements requirements() const override { return {}; }
  Score score(const Observation& seen) const override {
    std::vector<at::Tensor> norms;
    for (const int layer : seen.network().weight_layers())
      norms.push_back(seen.network().weights(layer).weight.to(at::kDouble).norm());
    return Score::of(sum_of(norms));
  }
};

class LayerwiseDynIsometry final : public Proxy {
 public:
  Requirements requirements() const override { return {}; }
  Score score(const Observation& seen) const override {
    std::vector<at::Tensor> distances;
    for (const int layer : seen.network().weight_layers()) {
      const at::Tensor& weight = seen.network().weights(layer).weight;
      const at::Tensor rows = weight.reshape({weight.size(0), -1}).to(at::kDouble);
      const at::Tensor difference = at::mm(rows, rows.t()) - at::eye(rows.size(0), rows.options());
      distances.push_back(difference.norm());
    }
    return Score::of(-sum_of(distances));
  }
};

}  // namespace

std::unique_ptr<Proxy> make_l2_norm(const ProxyContext&) { return std::make_unique<L2Norm>(); }
std::unique_ptr<Proxy> make_layerwise_dyn_isometry(const ProxyContext&) {
  return std::make_unique<LayerwiseDynIsometry>();
}

}  // namespace wrcor
