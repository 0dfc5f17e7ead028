#include "internal/own_passes.h"

#include <algorithm>
#include <map>
#include <numeric>

#include "internal/observers.h"
#include "nn/operator.h"

namespace wrcor {
namespace {

/// The recorded tensors of a pass of one image.
class RecordObserver final : public PassObserver {
 public:
  explicit RecordObserver(const NetworkPlan& plan) : plan_(plan) {}

  Interest interest(int layer) const override { return {.output = modules(layer) > 0}; }

  void output(int layer, const at::Tensor& output) override {
    found.push_back({modules(layer), output[0].reshape({output.size(1), -1})});
  }

  std::vector<RecordedChannels> found;

 private:
  int modules(int layer) const { return plan_.layers[static_cast<std::size_t>(layer)].modules; }

  const NetworkPlan& plan_;
};

std::vector<WeightGradient> gradients_of_part(const Network& network, const at::Tensor& images,
                                              const at::Tensor& labels, Activations activations) {
  WeightGradientObserver observer(network);
  Pass pass(network, NormMode::minibatch, {}, {{network.plan().logits(), {&observer}}},
            activations);
  const at::Tensor logits = pass.forward(images);
  pass.backward(0, cross_entropy_gradient(logits, labels), true);
  return observer.take();
}

}  // namespace

at::Tensor channel_correlation(const at::Tensor& x) {
  const at::Tensor rows = x.to(at::kDouble);
  const at::Tensor centred = rows - rows.mean(-1, true);
  const at::Tensor unit = centred / centred.norm(2, -1, true);
  return at::matmul(unit, unit.transpose(-1, -2)).clamp(-1.0, 1.0).nan_to_num(0.0, 0.0, 0.0);
}

std::vector<RecordedChannels> recorded_channels(const Network& network, const at::Tensor& images) {
  RecordObserver observer(network.plan());
  Pass(network, NormMode::minibatch, {&observer}, {}).forward(images.narrow(0, 0, 1));
  return std::move(observer.found);
}

std::vector<ChannelRecord> channel_records(const std::vector<RecordedChannels>& recorded) {
  std::vector<ChannelRecord> records;
  for (const auto& [count, channels] : recorded) {
    ChannelRecord& record = records.emplace_back();
    record.count = count;
    record.finite = channels.isfinite().all().item<bool>();
    // P numbers minus their mean span at most P - 1 dimensions.
    if (record.finite && channels.size(1) > channels.size(0))
      record.correlation = channel_correlation(channels);
  }
  return records;
}

bool is_homogeneous(const NetworkPlan& plan) {
  return std::none_of(plan.layers.begin(), plan.layers.end(), [](const Layer& layer) {
    if (layer.kind == LayerKind::input) return false;
    const bool has_bias = layer.kind == LayerKind::convolution && layer.parameters.size() > 1;
    return has_bias || !operator_of(layer.kind).is_homogeneous();
  });
}

at::Tensor path_terms(const Network& network, const at::Tensor& images, NormMode norms,
                      Activations activations) {
  const NetworkPlan& plan = network.plan();
  const Network positive =
      network.transformed([](const at::Tensor& tensor) { return tensor.to(at::kDouble).abs(); });
  WeightGradientObserver observer(positive);
  Pass pass(positive, norms, {}, {{plan.logits(), {&observer}}}, activations);
  if (norms == NormMode::off && is_homogeneous(plan)) pass.rescale_blocks();
  const at::Tensor logits = pass.forward(at::ones(
      {1, images.size(1), images.size(2), images.size(3)}, images.options().dtype(at::kDouble)));
  pass.backward(0, at::ones_like(logits), true);
  std::vector<at::Tensor> terms{pass.exponent()};
  for (const auto& [layer, gradient] : observer.take())
    terms.push_back((positive.weights(layer).weight * gradient).abs().sum());
  return at::stack(terms);
}

PathStrength path_strength(const at::Tensor& terms) {
  const double* first = terms.data_ptr<double>();
  return {std::accumulate(first + 1, first + terms.numel(), 0.0), static_cast<int>(*first)};
}

at::Tensor stability(const at::Tensor& a, const at::Tensor& b) {
  // Of two values: mean and population deviation.
  const at::Tensor deviation = (a - b).abs() / 2;
  const at::Tensor ratio = (a.abs() + b.abs()) / 2 / deviation;
  return at::where(deviation > 0, ratio, at::zeros_like(ratio));
}

at::Tensor half_terms(const Network& network, const at::Tensor& images, const at::Tensor& labels,
                      Activations activations) {
  const std::int64_t all = images.size(0), half = all / 2;
  const auto of_part = [&](std::int64_t start, std::int64_t length) {
    return gradients_of_part(network, images.narrow(0, start, length),
                             labels.narrow(0, start, length), activations);
  };
  std::map<int, at::Tensor> first;
  for (auto& [layer, gradient] : of_part(0, half)) first[layer] = gradient;
  std::vector<at::Tensor> terms;
  for (const auto& [layer, second] : of_part(half, all - half)) {
    const at::Tensor a = first.at(layer).to(at::kDouble), b = second.to(at::kDouble);
    terms.push_back(stability(a, b).sum());
    terms.push_back((a + b).isfinite().all().to(at::kDouble));
  }
  return terms.empty() ? at::Tensor() : at::stack(terms).view({-1, 2});
}

HalfGradients half_gradients(const at::Tensor& terms) {
  HalfGradients result;
  if (!terms.defined()) return result;
  const double* term = terms.data_ptr<double>();
  for (std::int64_t layer = 0; layer < terms.size(0); ++layer, term += 2) {
    result.sums.push_back(term[0]);
    result.finite = result.finite && term[1] != 0;
  }
  return result;
}

}  // namespace wrcor
