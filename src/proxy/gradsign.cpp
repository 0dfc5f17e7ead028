// gradsign: sum over all weights of convolution and linear layers of |sum over images of the sign
// of the weight's gradient|: how many weights the images pull in one direction. Every image is a
// minibatch of its own, in training mode, so that batch norm takes its statistics from that image:
// the images' weight gradients come from a pass of each. Some published code takes the mean instead
// of the sum, of a supernet, whose number of weights is the same for all networks; the mean over
// a network's own weights would rank by the share of the last layer, whose signs agree most.
// Source: Zhang and Jia, GradSign, arXiv 2110.08616.

#include <map>

#include "internal/factories.h"
#include "internal/observers.h"
#include "internal/structure.h"
#include "nn/readback.h"
#include "proxy/finite.h"

namespace wrcor {
namespace {

class GradSign final : public Proxy {
 public:
  Requirements requirements() const override { return {}; }
  std::string_view own_passes() const override {
    return "forward and backward pass of every image alone with weight gradients";
  }

  Score score(const Observation& seen) const override {
    if (norm_of_one_value(seen.plan())) return Score::not_applicable("batch_norm_of_one_value");
    std::map<int, at::Tensor> sums;  // of signs, by layer
    for (std::int64_t image = 0; image < seen.images().size(0); ++image) {
      std::vector<at::Tensor> gradients;
      for (const auto& [layer, gradient] : weight_gradients_of_loss(
               seen, seen.images().narrow(0, image, 1), seen.labels().narrow(0, image, 1))) {
        gradients.push_back(gradient);
        at::Tensor& sum = sums[layer];
        sum = sum.defined() ? sum.add_(gradient.sign()) : gradient.sign();
      }
      require_finite(gradients, "gradient");
    }
    std::vector<at::Tensor> agreements;
    for (const auto& [layer, sum] : sums) agreements.push_back(sum.abs().sum(at::kDouble));
    double total = 0;
    for (const double agreement : values_of(agreements)) total += agreement;
    if (total == 0) return Score::degenerate("zero_gradient", 0);
    return Score::of(total);
  }
};

}  // namespace

std::unique_ptr<Proxy> make_gradsign(const ProxyContext&) { return std::make_unique<GradSign>(); }

}  // namespace wrcor
