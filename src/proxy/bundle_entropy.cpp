// bundle_entropy: minus the mean over block outputs of the entropy of labels among samples whose
// features collapse to the same values, in evaluation mode with fresh batch-norm statistics. If
// nothing collapses, as in nearly every connected network, it depends on the labels alone.
// Source: Peer et al., arXiv 2011.04010; Jing et al., arXiv 2507.08841.

#include <algorithm>
#include <cmath>
#include <cstring>
#include <map>
#include <string>

#include "internal/factories.h"
#include "nn/readback.h"
#include "proxy/correlation.h"
#include "proxy/finite.h"

namespace wrcor {
namespace {

/// The samples grouped by the bytes of their row.
std::vector<std::vector<std::int64_t>> bundles_of(const at::Tensor& rows) {
  const at::Tensor host = rows.cpu().contiguous();
  const auto bytes = static_cast<std::size_t>(host.size(1)) * sizeof(float);
  std::map<std::string_view, std::vector<std::int64_t>> by_content;
  for (std::int64_t i = 0; i < host.size(0); ++i) {
    const char* row = reinterpret_cast<const char*>(host.data_ptr<float>() + i * host.size(1));
    by_content[{row, bytes}].push_back(i);
  }
  std::vector<std::vector<std::int64_t>> bundles;
  for (auto& entry : by_content) bundles.push_back(std::move(entry.second));
  return bundles;
}

/// Entropy of the histogram that counts members under their label and all others as class 0.
double label_entropy(const std::vector<std::int64_t>& bundle, const at::Tensor& labels) {
  const auto samples = static_cast<double>(labels.numel());
  std::map<std::int64_t, double> histogram;
  histogram[0] = samples - static_cast<double>(bundle.size());
  for (const std::int64_t i : bundle) ++histogram[labels.data_ptr<std::int64_t>()[i]];
  double entropy = 0;
  for (const auto& entry : histogram) {
    const double p = entry.second / samples;
    entropy -= p * std::log(p + 1e-5);
  }
  return entropy;
}

class BlockEntropy final : public PassObserver {
 public:
  BlockEntropy(const NetworkPlan& plan, at::Tensor labels, float largest)
      : blocks_(plan.blocks.begin() + 1, plan.blocks.end()),
        labels_(std::move(labels)),
        largest_(largest) {}

  Interest interest(int layer) const override {
    return {.output = std::find(blocks_.begin(), blocks_.end(), layer) != blocks_.end()};
  }

  void output(int layer, const at::Tensor& output) override {
    const auto samples = static_cast<float>(output.size(0));
    const at::Tensor q =
        largest_ - (flatten_rows(require_finite(output, "activation")) * 0.001F) * (1.0F / samples);
    double entropy = 0;
    for (const auto& bundle : bundles_of(q)) {
      collapsed_ = collapsed_ || bundle.size() > 1;
      entropy += static_cast<double>(bundle.size()) *
                 std::max(0.0, label_entropy(bundle, labels_)) / static_cast<double>(samples);
    }
    const auto times = std::count(blocks_.begin(), blocks_.end(), layer);
    total_ += entropy * static_cast<double>(times);
  }

  double mean() const { return total_ / static_cast<double>(blocks_.size()); }
  bool collapsed() const { return collapsed_; }

 private:
  std::vector<int> blocks_;
  at::Tensor labels_;
  float largest_;
  double total_ = 0;
  bool collapsed_ = false;
};

class BundleEntropy final : public Proxy {
 public:
  Requirements requirements() const override { return {}; }
  std::string_view own_passes() const override { return "forward pass in evaluation mode"; }

  Score score(const Observation& seen) const override {
    if (seen.plan().blocks.size() < 2) return Score::not_applicable("one_block");
    std::vector<at::Tensor> magnitudes;
    for (int i = 0; i < static_cast<int>(seen.plan().layers.size()); ++i) {
      const Network::LayerWeights& weights = seen.network().weights(i);
      for (const at::Tensor& tensor : {weights.weight, weights.bias}) {
        if (tensor.defined()) magnitudes.push_back(tensor.abs().max());
      }
    }
    float largest = 0;
    for (const double magnitude : values_of(magnitudes))
      largest = std::max(largest, static_cast<float>(magnitude));
    BlockEntropy entropy(seen.plan(), seen.labels_on_host().contiguous(), largest);
    Pass(seen.network(), NormMode::initial, {&entropy}, {}).forward(seen.images());
    return Score::of(-entropy.mean(), entropy.collapsed() ? "" : "depends_on_labels_only");
  }
};

}  // namespace

std::unique_ptr<Proxy> make_bundle_entropy(const ProxyContext&) {
  return std::make_unique<BundleEntropy>();
}

}  // namespace wrcor
