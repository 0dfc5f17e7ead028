// naswot, grad_hamming, act_grad_hamming: ln |det K|, where K counts the bits of binary codes that
// two samples share: which activations, or gradients, are positive.
// Source: Mellor et al., arXiv 2006.04647; with gradients Jing et al., arXiv 2507.08841.

#include <vector>

#include "internal/factories.h"
#include "proxy/finite.h"

namespace wrcor {
namespace {

class SharedBits final : public Proxy {
 public:
  explicit SharedBits(std::vector<Side> sides) : sides_(std::move(sides)) {}

  Requirements requirements() const override {
    Requirements needs;
    for (const Side side : sides_)
      needs |= {side == Side::activation ? Need::activation_codes : Need::gradient_codes};
    return needs;
  }

  Score score(const Observation& seen) const override {
    at::Tensor k;
    for (const Side side : sides_) {
      const at::Tensor& sum = seen.shared_bits(side);
      if (!sum.defined()) continue;
      require_finite(sum, to_string(side));
      k = k.defined() ? k + sum : sum;
    }
    return log_determinant_score(k, "zero_gradient");
  }

 private:
  std::vector<Side> sides_;
};

}  // namespace

std::unique_ptr<Proxy> make_naswot(const ProxyContext&) {
  return std::make_unique<SharedBits>(std::vector{Side::activation});
}
std::unique_ptr<Proxy> make_grad_hamming(const ProxyContext&) {
  return std::make_unique<SharedBits>(std::vector{Side::gradient});
}
std::unique_ptr<Proxy> make_act_grad_hamming(const ProxyContext&) {
  return std::make_unique<SharedBits>(std::vector{Side::activation, Side::gradient});
}

}  // namespace wrcor
