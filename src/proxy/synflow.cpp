// synflow, synflow_bn: sum of |W dS/dW| over the weights of convolution and linear layers, S the
// sum of all logits of the network with absolute parameters for an image of ones; without and with
// batch norm. In float64, so that networks that differ only in layers that pass ones unchanged have
// equal scores. Reaches 1e44 on networks of usual size, and 1e308 on those of 50 cells per stage,
// hence the additional logarithm. Source: Tanaka et al., arXiv 2006.05467.

#include "internal/factories.h"
#include "internal/own_passes.h"
#include "internal/structure.h"
#include "proxy/finite.h"

namespace wrcor {
namespace {

Score score_of(const PathStrength& strength) {
  if (strength.sum == 0) return Score::degenerate("zero_gradient", 0);
  return Score::of_power(require_finite(strength.sum, "gradient"), strength.exponent);
}

class Synflow final : public Proxy {
 public:
  Requirements requirements() const override { return {Need::path_strength}; }
  Score score(const Observation& seen) const override { return score_of(seen.path_strength()); }
};

class SynflowWithNorms final : public Proxy {
 public:
  Requirements requirements() const override { return {}; }
  std::string_view own_passes() const override {
    return "forward and backward pass of one image of ones in float64";
  }

  Score score(const Observation& seen) const override {
    if (norm_of_one_value(seen.plan())) return Score::not_applicable("batch_norm_of_one_value");
    return score_of(path_strength(
        path_terms(seen.network(), seen.images(), NormMode::minibatch, seen.activations()).cpu()));
  }
};

}  // namespace

std::unique_ptr<Proxy> make_synflow(const ProxyContext&) { return std::make_unique<Synflow>(); }
std::unique_ptr<Proxy> make_synflow_bn(const ProxyContext&) {
  return std::make_unique<SynflowWithNorms>();
}

}  // namespace wrcor
