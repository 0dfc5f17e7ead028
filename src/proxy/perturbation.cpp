// How far the features F before pooling move when the images do, alpha = 0.01:
// phi, phi_bn: sum of |F(e + alpha e') - F(e)| over the minibatch, e and e' standard normal; batch
// norm off or on.
// phi_with_data, phi_with_data_bn: the same with the minibatch x instead of e.
// zen, zen_with_data: ln(phi_bn + 1e-6) + sum over batch norms of ln(sqrt(mean of r) + 1e-6), r the
// running variance after both passes.
// Source: Lin et al., arXiv 2102.01063, as Jing et al., arXiv 2507.08841, compute it.

#include <cmath>

#include "internal/factories.h"
#include "proxy/finite.h"

namespace wrcor {
namespace {

struct Views {
  View moved;
  View still;
};

Views views_of(bool with_data) {
  return with_data ? Views{View::data_perturbed, View::data}
                   : Views{View::noise_perturbed, View::noise};
}

double moved_by(const Observation& seen, const Views& views, NormMode norms) {
  return require_finite(seen.feature_shift(views.moved, norms), "features");
}

class Phi final : public Proxy {
 public:
  Phi(bool with_data, NormMode norms) : views_(views_of(with_data)), norms_(norms) {}

  Requirements requirements() const override {
    return {features_of(views_.moved, norms_), features_of(views_.still, norms_)};
  }
  Score score(const Observation& seen) const override {
    const double distance = moved_by(seen, views_, norms_);
    return distance == 0 ? Score::degenerate("constant_features", 0) : Score::of(distance);
  }

 private:
  Views views_;
  NormMode norms_;
};

class Zen final : public Proxy {
 public:
  explicit Zen(bool with_data) : views_(views_of(with_data)) {}

  Requirements requirements() const override {
    return {features_of(views_.moved, NormMode::minibatch),
            features_of(views_.still, NormMode::minibatch)};
  }

  Score score(const Observation& seen) const override {
    constexpr double tiny = 1e-6;
    const double distance = moved_by(seen, views_, NormMode::minibatch);
    double total = std::log(distance + tiny);
    const auto& first = seen.features(views_.moved, NormMode::minibatch).norm_variances;
    const auto& second = seen.features(views_.still, NormMode::minibatch).norm_variances;
    for (std::size_t i = 0; i < first.size(); ++i) {
      // Fresh statistics, variance 1, updated twice with momentum 0.1.
      const at::Tensor running = 0.81 + 0.09 * first[i] + 0.1 * second[i];
      total += std::log(std::sqrt(running.to(at::kDouble).mean().item<double>()) + tiny);
    }
    return distance == 0 ? Score::degenerate("constant_features", total) : Score::of(total);
  }

 private:
  Views views_;
};

}  // namespace

std::unique_ptr<Proxy> make_phi(const ProxyContext&) {
  return std::make_unique<Phi>(false, NormMode::off);
}
std::unique_ptr<Proxy> make_phi_bn(const ProxyContext&) {
  return std::make_unique<Phi>(false, NormMode::minibatch);
}
std::unique_ptr<Proxy> make_phi_with_data(const ProxyContext&) {
  return std::make_unique<Phi>(true, NormMode::off);
}
std::unique_ptr<Proxy> make_phi_with_data_bn(const ProxyContext&) {
  return std::make_unique<Phi>(true, NormMode::minibatch);
}
std::unique_ptr<Proxy> make_zen(const ProxyContext&) { return std::make_unique<Zen>(false); }
std::unique_ptr<Proxy> make_zen_with_data(const ProxyContext&) {
  return std::make_unique<Zen>(true);
}

}  // namespace wrcor
