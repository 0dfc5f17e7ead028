// intrain: gamma (1 + o) / ln(L + 1), L the number of convolution and linear layers.
// gamma: sum over the layers of ln (tr S)^2 / tr S^2, S the covariance of the output's channels
// over all positions + 1e-10 I: the number of dimensions that the outputs fill. o: sum over the
// layers of min(1, std(g) / (max |g| + 1e-10)), g the gradient of the weight: how evenly the
// weights would learn. One pass of standard normal noise of the minibatch's shape, as published, or
// of its images, with random labels. Which layers and gradients count is not published: those that
// other proxies count. Source: InTrain, CVPR 2026.

#include <cmath>
#include <set>

#include "internal/factories.h"
#include "internal/observers.h"
#include "nn/readback.h"
#include "proxy/channel_products.h"
#include "proxy/finite.h"

namespace wrcor {
namespace {

/// ln (tr S)^2 / tr S^2 of the outputs of layers.
class DimensionObserver final : public PassObserver {
 public:
  explicit DimensionObserver(const std::vector<int>& layers)
      : layers_(layers.begin(), layers.end()) {}

  Interest interest(int layer) const override { return {.output = layers_.contains(layer)}; }

  void output(int /*layer*/, const at::Tensor& output) override {
    const at::Tensor map = output.reshape({output.size(0), output.size(1), -1, 1});
    const at::Tensor covariance = channel_covariance(map);
    const at::Tensor s = covariance + 1e-10 * at::eye(covariance.size(0), covariance.options());
    logarithms.push_back((s.trace().square() / s.square().sum()).log());
  }

  std::vector<at::Tensor> logarithms;

 private:
  std::set<int> layers_;
};

/// min(1, std(g) / (max |g| + 1e-10)); 0 for a single weight, which has no deviation.
at::Tensor evenness(const at::Tensor& gradient) {
  const at::Tensor exact = gradient.to(at::kDouble);
  if (exact.numel() == 1) return at::zeros({}, exact.options());
  return (exact.std() / (exact.abs().max() + 1e-10)).clamp_max(1.0);
}

class InTrain final : public Proxy {
 public:
  explicit InTrain(ProxyInput input) : input_(input) {}

  Requirements requirements() const override { return {}; }
  std::string_view own_passes() const override {
    return "forward and backward pass of noise and random labels with weight gradients";
  }

  Score score(const Observation& seen) const override {
    const std::vector<int> layers = seen.network().weight_layers();
    DimensionObserver dimensions(layers);
    std::vector<at::Tensor> evennesses;
    for (const auto& [layer, gradient] : weight_gradients_of_loss(
             seen, images_for(input_, seen), random_labels(seen), {&dimensions}))
      evennesses.push_back(evenness(gradient));
    const double gamma = require_finite(sum_of(dimensions.logarithms), "covariance");
    const double o = require_finite(sum_of(evennesses), "gradient");
    return Score::of(gamma * (1 + o) / std::log(static_cast<double>(layers.size()) + 1));
  }

 private:
  static at::Tensor random_labels(const Observation& seen) {
    const auto classes = static_cast<std::uint64_t>(seen.plan().layers.back().out.channels);
    Rng rng = seen.noise().stream("intrain");
    std::vector<std::int64_t> labels(static_cast<std::size_t>(seen.images().size(0)));
    for (std::int64_t& label : labels) label = static_cast<std::int64_t>(rng.below(classes));
    return at::tensor(labels, at::kLong).to(seen.images().device());
  }

  static double sum_of(const std::vector<at::Tensor>& scalars) {
    double sum = 0;
    for (const double value : values_of(scalars)) sum += value;
    return sum;
  }

  ProxyInput input_;
};

}  // namespace

std::unique_ptr<Proxy> make_intrain(const ProxyContext& context) {
  return std::make_unique<InTrain>(context.input);
}

}  // namespace wrcor
