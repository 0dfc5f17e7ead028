// bt: minus the Barlow-Twins loss between the features before pooling of two noisy views of the
// minibatch: the diagonal of their cross-correlation should be 1, the rest 0.
// Source: Zbontar et al., arXiv 2103.03230, as Jing et al., arXiv 2507.08841, compute it.

#include "internal/factories.h"
#include "proxy/correlation.h"
#include "proxy/finite.h"

namespace wrcor {
namespace {

class BarlowTwins final : public Proxy {
 public:
  Requirements requirements() const override {
    return {features_of(View::data_perturbed, NormMode::minibatch),
            features_of(View::data_perturbed_2, NormMode::minibatch)};
  }

  Score score(const Observation& seen) const override {
    const at::Tensor a = standardised(seen, View::data_perturbed);
    const at::Tensor b = standardised(seen, View::data_perturbed_2);
    const auto samples = static_cast<double>(a.size(0));
    const at::Tensor diagonal = (a * b).sum(0) / samples;
    // The sum of all C_ij^2 without the D x D matrix C.
    const double all =
        (at::mm(a, a.t()) * at::mm(b, b.t())).sum().item<double>() / samples / samples;
    const double on = (diagonal - 1).square().sum().item<double>();
    const double off = all - diagonal.square().sum().item<double>();
    return Score::of(-(on + 0.005 * off));
  }

 private:
  /// [N, D] float64, every feature of mean 0 and variance 1 over the minibatch.
  static at::Tensor standardised(const Observation& seen, View view) {
    const at::Tensor& features = seen.features(view, NormMode::minibatch).before_pooling;
    const at::Tensor rows = flatten_rows(require_finite(features, "features")).to(at::kDouble);
    const at::Tensor centred = rows - rows.mean(0);
    return centred / (centred.square().mean(0) + 1e-5).sqrt();
  }
};

}  // namespace

std::unique_ptr<Proxy> make_bt(const ProxyContext&) { return std::make_unique<BarlowTwins>(); }

}  // namespace wrcor
