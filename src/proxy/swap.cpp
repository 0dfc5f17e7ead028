// swap: number of distinct activity patterns over the samples among all ReLU units.
// swap_reg: swap * exp(-(P - mu)^2 / sigma), P the parameters in thousands. mu and sigma are the
// mean and variance of P over 1,000 random architectures of the space: sigma is not squared in the
// definition, so it has the unit of a variance.
// Source: Peng et al., arXiv 2403.04161.

#include <cmath>
#include <vector>

#include "internal/factories.h"
#include "wrcor/space/search_space.h"

namespace wrcor {
namespace {

class Swap final : public Proxy {
 public:
  Requirements requirements() const override { return {Need::activation_patterns}; }
  Score score(const Observation& seen) const override {
    return Score::of(static_cast<double>(seen.distinct_patterns()));
  }
};

class RegularisedSwap final : public Proxy {
 public:
  explicit RegularisedSwap(const SearchSpace& space) {
    constexpr int architectures = 1000;
    Rng rng(derive_seed(0, {"swap_reg", space.name()}));
    std::vector<double> thousands;
    for (int i = 0; i < architectures; ++i)
      thousands.push_back(static_cast<double>(space.costs(space.sample(rng)).params) / 1e3);
    for (const double p : thousands) mean_ += p / architectures;
    for (const double p : thousands) variance_ += (p - mean_) * (p - mean_) / architectures;
  }

  Requirements requirements() const override { return {Need::activation_patterns}; }

  Score score(const Observation& seen) const override {
    const double distance = static_cast<double>(seen.plan().params()) / 1e3 - mean_;
    return Score::of(static_cast<double>(seen.distinct_patterns()) *
                     std::exp(-distance * distance / variance_));
  }

 private:
  double mean_ = 0;
  double variance_ = 0;
};

}  // namespace

std::unique_ptr<Proxy> make_swap(const ProxyContext&) { return std::make_unique<Swap>(); }
std::unique_ptr<Proxy> make_swap_reg(const ProxyContext& context) {
  return std::make_unique<RegularisedSwap>(context.space);
}

}  // namespace wrcor
