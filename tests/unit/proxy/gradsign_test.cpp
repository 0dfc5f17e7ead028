// gradsign against autograd for each image alone.

#include <torch/csrc/autograd/autograd.h>

#include "unit/proxy/support.h"

using namespace wrcor;

namespace {

double reference(const test::Subject& subject) {
  const auto weights = subject.leaves();
  std::vector<at::Tensor> counted, sums;
  for (std::size_t i = 1; i < weights.size(); ++i) {
    const LayerKind kind = subject.plan.layers[i].kind;
    if (kind != LayerKind::convolution && kind != LayerKind::linear) continue;
    counted.push_back(weights[i].front());
    sums.push_back(at::zeros_like(counted.back()));
  }
  for (std::int64_t n = 0; n < subject.images.size(0); ++n) {
    const at::Tensor logits =
        subject.outputs(weights, subject.images.narrow(0, n, 1), /*training=*/true).back();
    const at::Tensor loss = at::cross_entropy_loss(logits, subject.labels.narrow(0, n, 1));
    const auto gradients = torch::autograd::grad({loss}, counted, {}, {}, false, true);
    for (std::size_t i = 0; i < sums.size(); ++i) {
      if (gradients[i].defined()) sums[i] = sums[i] + gradients[i].sign();
    }
  }
  double total = 0;
  for (const at::Tensor& sum : sums) total += sum.abs().sum().item<double>();
  return total;
}

/// Of equal images with these labels.
double score_of_labels(const std::vector<std::int64_t>& labels) {
  const at::Tensor images = at::ones({static_cast<std::int64_t>(labels.size()), 3, 2, 2});
  return *test::tiny_subject(images, labels, at::ones({1, 3}), at::tensor({1.f, -1.f}).view({2, 1}))
              .score("gradsign")
              .value;
}

}  // namespace

TEST_CASE("gradsign equals the signs of autograd's gradients, image by image", "[proxy]") {
  int compared = 0;
  for (const test::Subject& subject : test::subjects()) {
    if (subject.score("gradsign").status == Status::not_applicable) continue;
    subject.check("gradsign", ProxyInput::published, reference(subject));
    ++compared;
  }
  CHECK(compared > 6);
}

TEST_CASE("gradsign counts images that agree, less those that do not", "[proxy]") {
  CHECK(score_of_labels({0, 0, 0}) == 5 * 3);  // three weights of the convolution and two others
  CHECK(score_of_labels({0, 1, 0}) == 5 * 1);
}
