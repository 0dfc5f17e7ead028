// dyn_isometry: - mean over samples n of v_n + exp(-v_n), v_n the mean of ln z over the singular
// values z of the Jacobian of all logits at sample n; best, -1, where all are 1. It takes a
// backward pass for every sample and logit, so it uses only the first 16 samples of the minibatch.
// Source: Jing et al., arXiv 2507.08841; Pennington et al., arXiv 1711.04735.

#include <algorithm>
#include <limits>

#include "internal/factories.h"
#include "internal/observers.h"
#include "proxy/finite.h"

namespace wrcor {
namespace {

class DynIsometry final : public Proxy {
 public:
  Requirements requirements() const override { return {}; }
  std::string_view own_passes() const override {
    return "forward pass of at most 16 images, a backward pass for each of their logits";
  }

  Score score(const Observation& seen) const override {
    constexpr std::int64_t most = 16;
    const std::int64_t samples = std::min(most, seen.images().size(0));
    OutputGradientObserver at_images(0);
    Pass pass(seen.network(), NormMode::minibatch, {}, {{seen.plan().logits(), {&at_images}}},
              seen.activations());
    const at::Tensor logits = pass.forward(seen.images().narrow(0, 0, samples));
    std::vector<at::Tensor> rows;
    for (std::int64_t n = 0; n < samples; ++n) {
      for (std::int64_t k = 0; k < logits.size(1); ++k) {
        at::Tensor one = at::zeros_like(logits);
        one[n][k] = 1.0;
        pass.backward(0, one, false);
        if (!at_images.seen().defined()) return undefined();
        // Batch norm couples the samples: the sum includes the effect of the others.
        rows.push_back(at_images.seen().sum(0).reshape({-1}).to(at::kDouble));
      }
    }
    const at::Tensor jacobians = at::stack(rows).view({samples, logits.size(1), -1});
    const at::Tensor singular = singular_values(jacobians, "gradient");
    // What float32 passes leave of a zero singular value, for example with more logits than
    // features: the test is relative to the largest of the sample.
    constexpr double rounding = 1e-5;
    const at::Tensor smallest = std::get<0>(singular.min(1)),
                     largest = std::get<0>(singular.max(1));
    if (!(smallest > rounding * largest).all().item<bool>())
      return Score::degenerate("singular", std::numeric_limits<double>::quiet_NaN());
    const at::Tensor v = singular.log().mean(1);
    return Score::of(-(v + (-v).exp()).mean().item<double>());
  }

 private:
  static Score undefined() {
    return Score::degenerate("zero_gradient", std::numeric_limits<double>::quiet_NaN());
  }
};

}  // namespace

std::unique_ptr<Proxy> make_dyn_isometry(const ProxyContext&) {
  return std::make_unique<DynIsometry>();
}

}  // namespace wrcor
