// near against a singular value decomposition of rows that are collected one by one.

#include <cmath>

#include "unit/proxy/support.h"

using namespace wrcor;

namespace {

/// @param output  [N, C] or [N, C, H, W], float64
std::vector<at::Tensor> near_rows(const at::Tensor& output) {
  std::vector<at::Tensor> rows;
  for (std::int64_t n = 0; n < output.size(0); ++n) {
    if (output.dim() == 2) {
      rows.push_back(output[n]);
      continue;
    }
    for (std::int64_t w = 0; w < output.size(3); ++w) {
      for (std::int64_t h = 0; h < output.size(2); ++h)
        rows.push_back(output[n].select(2, w).select(1, h));
    }
  }
  return rows;
}

double effective_rank(const at::Tensor& matrix) {
  const at::Tensor sizes = at::linalg_svdvals(matrix);
  const double sum = sizes.sum().item<double>();
  double entropy = 0;
  for (std::int64_t i = 0; i < sizes.size(0); ++i) {
    const double p = sum == 0 ? 0 : sizes[i].item<double>() / sum;
    if (p > 0) entropy -= p * std::log(p);
  }
  return sum == 0 ? 0 : std::exp(entropy);
}

double near_reference(const test::Subject& subject) {
  const std::vector<at::Tensor> outputs =
      subject.outputs(subject.leaves(), subject.images, /*training=*/true);
  double total = 0;
  for (std::size_t i = 1; i < outputs.size(); ++i) {
    const Layer& layer = subject.plan.layers[i];
    const bool activates = layer.kind == LayerKind::relu || layer.kind == LayerKind::swish ||
                           layer.kind == LayerKind::sigmoid;
    if (layer.parameters.empty() && !activates) continue;
    const at::Tensor output = outputs[i].detach();
    const std::vector<at::Tensor> rows = near_rows(output);
    const auto channels = static_cast<std::size_t>(output.size(1)),
               width = static_cast<std::size_t>(output.size(-1));
    std::size_t start = 0;
    if (rows.size() >= channels && rows.size() / width > 1) {
      Rng rng = subject.stream("near " + layer.name);
      start = width * rng.below(rows.size() / width - 1);
    }
    const std::size_t end = std::min(rows.size(), start + channels);
    total += effective_rank(at::stack(at::TensorList(rows).slice(start, end - start)));
  }
  return total;
}

}  // namespace

TEST_CASE("near equals the effective ranks of rows that are collected one by one", "[proxy]") {
  for (const test::Subject& subject : test::subjects()) {
    subject.check("near", ProxyInput::published, near_reference(subject));
  }
}

TEST_CASE("near of a network of two layers, by hand", "[proxy]") {
  // One image of 2x2, so the block starts at its first row: rows (2,0,0), (0,1,0) and (0,0,1), of
  // effective rank exp(1/2 ln 2 + 2 * 1/4 ln 4). The linear layer gives one row, of rank 1.
  at::Tensor image = at::zeros({1, 3, 2, 2});
  image[0][0][0][0] = 2;
  image[0][1][1][0] = 1;  // row 1, column 0: rows of the block follow the columns
  image[0][2][0][1] = 1;
  const test::Subject subject = test::tiny_subject(image, {0}, at::eye(3), at::ones({2, 3}));
  CHECK(*subject.score("near").value == Approx(std::pow(2, 1.5) + 1));
}

TEST_CASE("near counts a layer of zeros with 0", "[proxy]") {
  const test::Subject subject =
      test::tiny_subject(at::ones({1, 3, 2, 2}), {0}, at::zeros({3, 3}), at::ones({2, 3}));
  CHECK(*subject.score("near").value == 0);
}
