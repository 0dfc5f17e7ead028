// intrain against covariances written out and the gradients of autograd.

#include <torch/csrc/autograd/autograd.h>

#include <cmath>

#include "unit/proxy/support.h"

using namespace wrcor;

namespace {

double dimension(const at::Tensor& output) {
  const at::Tensor map = output.reshape({output.size(0), output.size(1), -1});
  const at::Tensor rows = map.transpose(1, 2).reshape({-1, output.size(1)});
  const at::Tensor centred = rows - rows.mean(0, true);
  at::Tensor s = at::mm(centred.t(), centred) / static_cast<double>(rows.size(0));
  s += 1e-10 * at::eye(s.size(0), s.options());
  return std::pow(s.trace().item<double>(), 2) / at::mm(s, s).trace().item<double>();
}

double evenness(const at::Tensor& gradient) {
  const double mean = gradient.mean().item<double>();
  const double squares = (gradient - mean).square().sum().item<double>();
  const double deviation = std::sqrt(squares / static_cast<double>(gradient.numel() - 1));
  return std::min(1.0, deviation / (gradient.abs().max().item<double>() + 1e-10));
}

double reference(const test::Subject& subject, const at::Tensor& images) {
  const auto weights = subject.leaves();
  const std::vector<at::Tensor> outputs = subject.outputs(weights, images, /*training=*/true);
  Rng rng = subject.stream("intrain");
  std::vector<std::int64_t> labels;
  for (std::int64_t n = 0; n < images.size(0); ++n)
    labels.push_back(static_cast<std::int64_t>(rng.below(10)));
  const at::Tensor loss = at::cross_entropy_loss(outputs.back(), at::tensor(labels, at::kLong));
  double gamma = 0, o = 0, layers = 0;
  for (std::size_t i = 1; i < outputs.size(); ++i) {
    const LayerKind kind = subject.plan.layers[i].kind;
    if (kind != LayerKind::convolution && kind != LayerKind::linear) continue;
    ++layers;
    gamma += std::log(dimension(outputs[i].detach()));
    const at::Tensor gradient =
        torch::autograd::grad({loss}, {weights[i].front()}, {}, true, false, true).front();
    if (gradient.defined()) o += evenness(gradient);
  }
  return gamma * (1 + o) / std::log(layers + 1);
}

}  // namespace

TEST_CASE("intrain equals covariances written out and gradients of autograd", "[proxy]") {
  for (const test::Subject& subject : test::subjects()) {
    subject.check("intrain", ProxyInput::published, reference(subject, subject.gaussian_images()));
    subject.check("intrain", ProxyInput::images, reference(subject, subject.images));
  }
}

TEST_CASE("intrain of a network of two layers, by hand", "[proxy]") {
  // Three equal images. The convolution gives two uncorrelated channels of equal variance, which
  // fill two dimensions. The linear layer gives zeros: 1e-10 I fills two, too. Its gradient has the
  // rows (a, a) and (-a, -a), of deviation |a| sqrt(4 / 3): even. That of the convolution is zero.
  at::Tensor image = at::zeros({1, 3, 2, 2});
  image[0][0].copy_(at::tensor({2.f, 0.f, 2.f, 0.f}).view({2, 2}));
  image[0][1].copy_(at::tensor({2.f, 2.f, 0.f, 0.f}).view({2, 2}));
  const test::Subject subject = test::tiny_subject(image.repeat({3, 1, 1, 1}), {0, 0, 0},
                                                   at::eye(3).narrow(0, 0, 2), at::zeros({2, 2}));
  CHECK(*subject.score("intrain", ProxyInput::images).value ==
        Approx(2 * std::log(2.0) * (1 + 1) / std::log(3.0)));
}
