// vkdnw against the Jacobian that autograd finds for each image alone.

#include <torch/csrc/autograd/autograd.h>

#include <cmath>

#include "unit/proxy/support.h"

using namespace wrcor;

namespace {

using Weights = std::vector<std::vector<at::Tensor>>;

/// Convolution and linear weights with the deviation of Kaiming initialisation.
Weights scaled(const test::Subject& subject) {
  Weights weights = subject.leaves();
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const std::vector<Parameter>& parameters = subject.plan.layers[i].parameters;
    if (parameters.empty() || parameters.front().role != ParameterRole::weight) continue;
    const at::Tensor w = weights[i].front().detach();
    const double deviation = std::sqrt(2.0 / static_cast<double>(parameters.front().fan_in));
    weights[i].front() = (w / w.square().mean().sqrt() * deviation).requires_grad_();
  }
  return weights;
}

/// The lower triangular factor of diag(p) - p p^T, whose last row is fixed by the others.
at::Tensor factor(const at::Tensor& p) {
  const std::int64_t classes = p.size(0), rest = classes - 1;
  const at::Tensor covariance = at::diag(p) - at::outer(p, p);
  at::Tensor l = at::zeros({classes, classes}, at::kDouble);
  const at::Tensor block = at::linalg_cholesky(covariance.narrow(0, 0, rest).narrow(1, 0, rest));
  l.narrow(0, 0, rest).narrow(1, 0, rest).copy_(block);
  const at::Tensor last = at::linalg_solve(block, covariance[rest].narrow(0, 0, rest).unsqueeze(1));
  l[rest].narrow(0, 0, rest).copy_(last.squeeze(1));
  return l;
}

double entropy_of_quantiles(std::vector<double> spectrum) {
  std::sort(spectrum.begin(), spectrum.end());
  std::vector<double> r;
  double sum = 0;
  for (int tenth = 1; tenth <= 9; ++tenth) {
    const double place = tenth / 10.0 * static_cast<double>(spectrum.size() - 1);
    const auto below = static_cast<std::size_t>(place);
    const std::size_t above = std::min(below + 1, spectrum.size() - 1);
    const double part = place - static_cast<double>(below);
    r.push_back(spectrum[below] * (1 - part) + spectrum[above] * part);
    sum += r.back();
  }
  double entropy = 0;
  for (const double quantile : r) {
    const double t = quantile / (sum + 1e-10);
    entropy -= t * std::log(t + 1e-10);
  }
  return entropy;
}

double vkdnw_reference(const test::Subject& subject, const at::Tensor& images) {
  const Weights weights = scaled(subject);
  std::vector<at::Tensor> tensors;
  for (const auto& of_layer : weights)
    tensors.insert(tensors.end(), of_layer.begin(), of_layer.end());
  const auto count = static_cast<double>(tensors.size());
  if (tensors.size() > 128) tensors.resize(128);
  const auto size = static_cast<std::int64_t>(tensors.size());
  at::Tensor fisher = at::zeros({size, size}, at::kDouble);
  for (std::int64_t n = 0; n < images.size(0); ++n) {
    const at::Tensor logits =
        subject.outputs(weights, images.narrow(0, n, 1), /*training=*/false).back()[0];
    at::Tensor jacobian = at::zeros({logits.size(0), size}, at::kDouble);
    for (std::int64_t k = 0; k < logits.size(0); ++k) {
      const auto gradients = torch::autograd::grad({logits[k]}, tensors, {}, /*retain_graph=*/true,
                                                   false, /*allow_unused=*/true);
      for (std::int64_t i = 0; i < size; ++i) {
        const at::Tensor& gradient = gradients[static_cast<std::size_t>(i)];
        if (gradient.defined()) jacobian[k][i] = gradient.flatten()[0];
      }
    }
    const at::Tensor p =
        .95 * at::softmax(logits.detach(), 0) + .05 / static_cast<double>(logits.size(0));
    const at::Tensor rows = at::mm(factor(p), jacobian);
    fisher += at::mm(rows.t(), rows) / static_cast<double>(images.size(0));
  }
  const at::Tensor values = at::linalg_eigvalsh(fisher).abs();
  return count +
         entropy_of_quantiles({values.data_ptr<double>(), values.data_ptr<double>() + size});
}

/// The network that pools the first channel of its images, and zero weights.
test::Subject without_weights(double first, double second) {
  at::Tensor images = at::zeros({2, 3, 2, 2});
  images[0][0].fill_(first);
  images[1][0].fill_(second);
  PlanBuilder builder;
  builder.linear(builder.global_average(builder.input({3, 2, 2}), "mean"), 2, "l");
  const std::map<std::string, at::Tensor> weights{{"l.weight", at::zeros({2, 3})},
                                                  {"l.bias", at::zeros({2})}};
  return {"linear", std::move(builder).take(), std::make_shared<test::ChosenWeights>(weights),
          images, at::zeros({2}, at::kLong)};
}

}  // namespace

TEST_CASE("vkdnw equals the entropy of the Fisher information from autograd, image by image",
          "[proxy]") {
  for (const test::Subject& subject : test::subjects()) {
    // The entropy alone is compared: most of the value is the number of tensors.
    const double tensors = subject.score("layers").value.value();
    subject.check("vkdnw", ProxyInput::published,
                  vkdnw_reference(subject, subject.gaussian_images()), tensors);
    subject.check("vkdnw", ProxyInput::images, vkdnw_reference(subject, subject.images), tensors);
  }
}

TEST_CASE("vkdnw of a network of one layer, by hand", "[proxy]") {
  // Of two classes of equal probability, the derivatives of the first logit are (x, 1), those of
  // the second 0, and F = 1/2 mean of (x^2, x; x, 1): the identity / 2 for x = 1 and -1.
  CHECK(*without_weights(1, -1).score("vkdnw", ProxyInput::images).value ==
        Approx(2 + std::log(9.0)));
  // Eigenvalues 2 and 1/2 for x = 2 and -2.
  CHECK(*without_weights(2, -2).score("vkdnw", ProxyInput::images).value ==
        Approx(2 + entropy_of_quantiles({.5, 2})));
}

TEST_CASE("vkdnw does not depend on the scale of the weights", "[proxy]") {
  test::Subject subject = test::subjects().front();
  const double value = *subject.score("vkdnw").value;
  std::map<std::string, at::Tensor> larger;
  for (const Layer& layer : subject.plan.layers) {
    for (const Parameter& parameter : layer.parameters) {
      const at::Tensor tensor = subject.source->get(parameter);
      larger[parameter.name] = parameter.role == ParameterRole::weight ? tensor * 64 : tensor;
    }
  }
  subject.source = std::make_shared<test::ChosenWeights>(larger);
  CHECK(*subject.score("vkdnw").value == Approx(value).epsilon(1e-6));
}
