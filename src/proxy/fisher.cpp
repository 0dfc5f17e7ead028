// fisher: sum over weight layers and their output channels c of (weights per channel) * F_c,
// F_c = 1/2 mean over n of (sum over positions of Z dL/dZ)^2 of the output Z before batch norm. The
// published code assigns each weight its channel's value before it sums, hence the factor.
// Source: Turner et al., arXiv 1906.04113.

#include "internal/factories.h"
#include "proxy/finite.h"

namespace wrcor {
namespace {

class Fisher final : public Proxy {
 public:
  Requirements requirements() const override { return {Need::channel_saliency}; }

  Score score(const Observation& seen) const override {
    double total = 0;
    for (const ChannelSaliency& saliency : seen.channel_saliency()) {
      const at::Tensor& weight = seen.network().weights(saliency.layer).weight;
      const auto per_channel = static_cast<double>(weight.numel() / weight.size(0));
      total += per_channel * require_finite(saliency.values, "gradient").sum().item<double>();
    }
    return Score::of(total);
  }
};

}  // namespace

std::unique_ptr<Proxy> make_fisher(const ProxyContext&) { return std::make_unique<Fisher>(); }

}  // namespace wrcor
