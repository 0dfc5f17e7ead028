// Components of AZ-NAS, over the outputs of the primary blocks, the stem's first:
// az_expressivity: sum of E_l, E the entropy of the spectrum of the channels' covariance.
// az_progressivity: smallest growth E_l - E_(l-1) of a block.
// az_trainability: mean over blocks of 2 - z - 1 / (z + 1e-6), z the largest singular value of the
// mean outer product of a random sign tensor with its pull-back through the block.
// All three use one pass of standard normal noise of the minibatch's shape, as published, or of
// its images. The fourth, az_complexity, is in costs.cpp.
// Source: Lee and Ham, AZ-NAS, CVPR 2024.

#include <algorithm>
#include <limits>

#include "internal/factories.h"
#include "proxy/finite.h"

namespace wrcor {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

View view_of(ProxyInput input) { return input == ProxyInput::images ? View::data : View::noise; }

/// E of every block output; empty when a covariance is zero.
std::vector<double> spectral_entropies(const Observation& seen, View view) {
  std::vector<double> entropies;
  for (const at::Tensor& covariance : seen.block_covariances(view)) {
    const at::Tensor spectrum = eigenvalues(covariance, "covariance").clamp_min(0.0);
    const double sum = spectrum.sum().item<double>();
    if (!(sum > 0)) return {};
    const at::Tensor p = spectrum / sum;
    entropies.push_back(-(p * (p + 1e-8).log()).sum().item<double>());
  }
  return entropies;
}

class Expressivity final : public Proxy {
 public:
  explicit Expressivity(View view) : view_(view) {}
  Requirements requirements() const override { return {block_covariances_of(view_)}; }
  Score score(const Observation& seen) const override {
    const std::vector<double> entropies = spectral_entropies(seen, view_);
    if (entropies.empty()) return Score::degenerate("constant_block", -infinity);
    double total = 0;
    for (const double entropy : entropies) total += entropy;
    return Score::of(total);
  }

 private:
  View view_;
};

class Progressivity final : public Proxy {
 public:
  explicit Progressivity(View view) : view_(view) {}
  Requirements requirements() const override { return {block_covariances_of(view_)}; }
  Score score(const Observation& seen) const override {
    if (seen.plan().blocks.size() < 2) return Score::not_applicable("one_block");
    const std::vector<double> entropies = spectral_entropies(seen, view_);
    if (entropies.empty()) return Score::degenerate("constant_block", -infinity);
    double smallest = infinity;
    for (std::size_t l = 1; l < entropies.size(); ++l)
      smallest = std::min(smallest, entropies[l] - entropies[l - 1]);
    return Score::of(smallest);
  }

 private:
  View view_;
};

class Trainability final : public Proxy {
 public:
  explicit Trainability(View view) : view_(view) {}
  Requirements requirements() const override { return {block_pullbacks_of(view_)}; }
  Score score(const Observation& seen) const override {
    const std::vector<BlockPullback>& blocks = seen.block_pullbacks(view_);
    if (blocks.empty()) return Score::not_applicable("one_block");
    double total = 0;
    for (const BlockPullback& block : blocks) {
      if (block.identity) return Score::degenerate("identity_block", -infinity);
      const double z = singular_values(block.product, "pullback")[0].item<double>();
      total += 2 - z - 1 / (z + 1e-6);
    }
    return Score::of(total / static_cast<double>(blocks.size()));
  }

 private:
  View view_;
};

}  // namespace

std::unique_ptr<Proxy> make_az_expressivity(const ProxyContext& context) {
  return std::make_unique<Expressivity>(view_of(context.input));
}
std::unique_ptr<Proxy> make_az_progressivity(const ProxyContext& context) {
  return std::make_unique<Progressivity>(view_of(context.input));
}
std::unique_ptr<Proxy> make_az_trainability(const ProxyContext& context) {
  return std::make_unique<Trainability>(view_of(context.input));
}

}  // namespace wrcor
