// zico: sum over weight layers of ln T, T = sum over the layer's weights of mean |g| / deviation of
// g over minibatches, of the weights whose gradient g differs between them: large and stable
// gradients. The minibatches are the two halves of the given one; of an odd number of images the
// second half has one more. Source: Li et al., arXiv 2301.11300.

#include <cmath>
#include <map>

#include "internal/factories.h"
#include "internal/observers.h"
#include "nn/readback.h"
#include "proxy/finite.h"

namespace wrcor {
namespace {

class Zico final : public Proxy {
 public:
  Requirements requirements() const override { return {}; }
  std::string_view own_passes() const override {
    return "forward and backward pass of each half of the minibatch with weight gradients";
  }

  std::string lacking(const at::Tensor& labels) const override {
    return labels.size(0) < 4 ? "at least 4 images" : "";
  }

  Score score(const Observation& seen) const override {
    const std::int64_t images = seen.images().size(0), half = images / 2;
    if (half < 2) return Score::not_applicable("minibatch_too_small");
    const auto gradients = [&](std::int64_t start, std::int64_t length) {
      return weight_gradients_of_loss(seen, seen.images().narrow(0, start, length),
                                      seen.labels().narrow(0, start, length));
    };
    std::map<int, at::Tensor> first;
    for (auto& [layer, gradient] : gradients(0, half)) first[layer] = gradient;
    std::vector<at::Tensor> both, sums;
    for (const auto& [layer, second] : gradients(half, images - half)) {
      // Of two values: mean and population deviation.
      const at::Tensor a = first.at(layer).to(at::kDouble), b = second.to(at::kDouble);
      const at::Tensor deviation = (a - b).abs() / 2;
      const at::Tensor ratio = (a.abs() + b.abs()) / 2 / deviation;
      both.push_back(a + b);
      sums.push_back(at::where(deviation > 0, ratio, at::zeros_like(ratio)).sum());
    }
    require_finite(both, "gradient");
    double total = 0;
    bool any = false;
    for (const double sum : values_of(sums)) {
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
