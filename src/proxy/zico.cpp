// zico: sum over weight layers of ln T, T = sum over the layer's weights of mean |g| / deviation of
// g over minibatches, of the weights whose gradient g differs between them: large and stable
// gradients. The minibatches are the two halves of the given one; of an odd number of images the
// second half has one more. Source: Li et al., arXiv 2301.11300.

#include <cmath>

#include "internal/factories.h"
#include "proxy/finite.h"

namespace wrcor {
namespace {

class Zico final : public Proxy {
 public:
  Requirements requirements() const override { return {Need::half_gradients}; }

  std::string lacking(const at::Tensor& labels) const override {
    return labels.size(0) < 4 ? "at least 4 images" : "";
  }

  Score score(const Observation& seen) const override {
    const HalfGradients& gradients = seen.half_gradients();
    if (!gradients.finite) throw NotFinite("gradient");
    double total = 0;
    bool any = false;
    for (const double sum : gradients.sums) {
      if (sum <= 0) continue;
      total += std::log(sum);
      any = true;
    }
    if (!any) return Score::degenerate("zero_gradient", 0);
    return Score::of(total);
  }
};

}  // namespace

std::unique_ptr<Proxy> make_zico(const ProxyContext&) { return std::make_unique<Zico>(); }

}  // namespace wrcor
