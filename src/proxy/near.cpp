// near: sum over all convolution, linear, batch-norm and activation layers of the effective rank of
// a block of the output, exp(- sum p ln p), p the singular values as parts of their sum. A row of
// the output is a position of an image, in the order image, column, row; a column is a channel. The
// block has as many consecutive rows as channels, and starts at a random multiple of the image's
// height: fewer rows where the output ends, as published, and all rows if there are fewer than
// channels. Published as the mean over 32 draws of weights.
// Source: Husistein, Reiher and Eckhoff, NEAR, ICLR 2025, arXiv 2408.08776.

#include <algorithm>
#include <cmath>

#include "internal/factories.h"
#include "nn/operator.h"
#include "nn/readback.h"
#include "proxy/finite.h"

namespace wrcor {
namespace {

/// @param output  [N, C] or [N, C, H, W]
/// @param rng  draws where the block starts
/// @return [at most C, C] float64
at::Tensor block_of(const at::Tensor& output, Rng rng) {
  const bool is_map = output.dim() == 4;
  const std::int64_t channels = output.size(1), step = output.size(-1),
                     positions = is_map ? output.size(2) * output.size(3) : 1,
                     rows = output.size(0) * positions, starts = rows / step - 1;
  const std::int64_t start =
      rows >= channels && starts > 0
          ? step * static_cast<std::int64_t>(rng.below(static_cast<std::uint64_t>(starts)))
          : 0;
  const std::int64_t end = std::min(rows, start + channels);
  const std::int64_t first = start / positions, last = (end - 1) / positions;
  const at::Tensor images = output.narrow(0, first, last - first + 1);
  const at::Tensor all = is_map ? images.permute({0, 3, 2, 1}).reshape({-1, channels}) : images;
  return all.narrow(0, start - first * positions, end - start).to(at::kDouble);
}

/// 0 of a block that is zero.
double effective_rank(const at::Tensor& block) {
  const at::Tensor sizes = singular_values(block, "activation");
  const double sum = sizes.sum().item<double>();
  if (sum == 0) return 0;
  const at::Tensor p = sizes / sum;
  return std::exp(-at::xlogy(p, p).sum().item<double>());
}

class BlockObserver final : public PassObserver {
 public:
  explicit BlockObserver(const Observation& seen) : seen_(seen) {}

  Interest interest(int layer) const override {
    const Layer& its = layer_at(layer);
    if (its.kind == LayerKind::input) return {};
    const bool activates = operator_of(its.kind).nonlinearity() != Nonlinearity::none;
    return {.output = activates || !its.parameters.empty()};
  }

  void output(int layer, const at::Tensor& output) override {
    blocks.push_back(block_of(output, seen_.noise().stream("near " + layer_at(layer).name)));
  }

  std::vector<at::Tensor> blocks;

 private:
  const Layer& layer_at(int layer) const {
    return seen_.plan().layers[static_cast<std::size_t>(layer)];
  }

  const Observation& seen_;
};

class Near final : public Proxy {
 public:
  Requirements requirements() const override { return {}; }
  std::string_view own_passes() const override { return "forward pass of the minibatch"; }

  Score score(const Observation& seen) const override {
    BlockObserver observer(seen);
    Pass(seen.network(), NormMode::minibatch, {&observer}, {}).forward(seen.images());
    Readback readback;
    for (at::Tensor& block : observer.blocks) readback.add(block);
    readback.read();
    double total = 0;
    for (const at::Tensor& block : observer.blocks) total += effective_rank(block);
    return Score::of(total);
  }
};

}  // namespace

std::unique_ptr<Proxy> make_near(const ProxyContext&) { return std::make_unique<Near>(); }

}  // namespace wrcor
