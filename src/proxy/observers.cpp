#include "internal/observers.h"

#include <algorithm>

#include "nn/operator.h"
#include "proxy/channel_products.h"
#include "proxy/correlation.h"

namespace wrcor {
namespace {

/// @param product  [N, C] or [N, C, H, W]
/// @return [N, C]
at::Tensor sum_of_positions(const at::Tensor& product) {
  return product.dim() == 4 ? product.sum(at::IntArrayRef{2, 3}) : product;
}

std::set<int> weight_layers(const Network& network) {
  const std::vector<int> all = network.weight_layers();
  return {all.begin(), all.end()};
}

}  // namespace

std::set<int> read_by_activations(const NetworkPlan& plan) {
  std::set<int> found;
  for (const Layer& layer : plan.layers) {
    if (layer.kind == LayerKind::input) continue;
    if (operator_of(layer.kind).nonlinearity() == Nonlinearity::rectifier)
      found.insert(layer.inputs.front());
  }
  return found;
}

at::Tensor pattern_words(const at::Tensor& values) {
  at::Tensor bits = at::empty_like(values, at::kFloat);
  at::gt_out(bits, values, 0);
  constexpr std::int64_t samples_a_word = 24;  // a sum of powers of two that float32 holds exactly
  const std::int64_t samples = bits.size(0);
  const std::int64_t words = (samples + samples_a_word - 1) / samples_a_word;
  const at::Tensor place = at::arange(samples, bits.options());
  const at::Tensor value = at::pow(2.0, at::remainder(place, samples_a_word));
  const at::Tensor word = at::floor(place / static_cast<double>(samples_a_word));
  const at::Tensor weights =
      (word.unsqueeze(0) == at::arange(words, bits.options()).unsqueeze(1)).to(at::kFloat) * value;
  return at::mm(weights, bits).t().to(at::kInt);
}

std::int64_t count_distinct(const at::Tensor& words) {
  if (!words.defined()) return 0;
  const at::Tensor all = words.contiguous();
  const auto length = static_cast<std::size_t>(all.size(1));
  const std::int32_t* first = all.data_ptr<std::int32_t>();
  std::vector<const std::int32_t*> patterns(static_cast<std::size_t>(all.size(0)));
  for (std::size_t i = 0; i < patterns.size(); ++i) patterns[i] = first + i * length;
  std::sort(patterns.begin(), patterns.end(), [length](const auto* a, const auto* b) {
    return std::lexicographical_compare(a, a + length, b, b + length);
  });
  const auto end =
      std::unique(patterns.begin(), patterns.end(),
                  [length](const auto* a, const auto* b) { return std::equal(a, a + length, b); });
  return end - patterns.begin();
}

FeatureObserver::FeatureObserver(const NetworkPlan& plan) : plan_(plan) {}

PassObserver::Interest FeatureObserver::interest(int layer) const {
  return {.output = layer == 0 || layer == plan_.features, .variance = true};
}

void FeatureObserver::output(int layer, const at::Tensor& output) {
  if (layer == plan_.features) {
    features_.before_pooling = output;
  } else {
    samples_ = output.size(0);
  }
}

void FeatureObserver::variance(int layer, const at::Tensor& variance) {
  const FeatureShape& shape = plan_.layers[static_cast<std::size_t>(layer)].out;
  const auto count = static_cast<double>(samples_ * shape.height * shape.width);
  features_.norm_variances.push_back(variance * (count / (count - 1)));
}

PatternObserver::PatternObserver(const NetworkPlan& plan) : activated_(read_by_activations(plan)) {}

PassObserver::Interest PatternObserver::interest(int layer) const {
  return {.output = activated_.contains(layer)};
}

void PatternObserver::output(int /*layer*/, const at::Tensor& output) {
  words_.push_back(pattern_words(flatten_rows(output)));
}

WeightGradientObserver::WeightGradientObserver(const Network& network)
    : layers_(weight_layers(network)) {}

PassObserver::Interest WeightGradientObserver::interest(int layer) const {
  return {.weight_gradient = layers_.contains(layer)};
}

void WeightGradientObserver::weight_gradient(int layer, const at::Tensor& gradient) {
  gradients_.push_back({layer, gradient});
}

at::Tensor images_for(ProxyInput input, const Observation& seen) {
  const at::Tensor& images = seen.images();
  return input == ProxyInput::images ? images : seen.noise().normal(0, images.sizes());
}

std::vector<WeightGradient> weight_gradients_of_loss(const Observation& seen,
                                                     const at::Tensor& images,
                                                     const at::Tensor& labels,
                                                     std::vector<PassObserver*> watching) {
  WeightGradientObserver observer(seen.network());
  Pass pass(seen.network(), NormMode::minibatch, std::move(watching),
            {{seen.plan().logits(), {&observer}}}, seen.activations());
  const at::Tensor logits = pass.forward(images);
  pass.backward(0, cross_entropy_gradient(logits, labels), true);
  return observer.take();
}

WeightSaliencyObserver::WeightSaliencyObserver(const Network& network)
    : network_(network), layers_(weight_layers(network)) {}

PassObserver::Interest WeightSaliencyObserver::interest(int layer) const {
  return {.weight_gradient = layers_.contains(layer)};
}

void WeightSaliencyObserver::weight_gradient(int layer, const at::Tensor& gradient) {
  const at::Tensor exact = gradient.to(at::kDouble);  // products may exceed float32
  const at::Tensor product = network_.weights(layer).weight * exact;
  terms_.push_back(at::stack({exact.norm(), product.abs().sum(), product.sum()}));
}

SaliencyObserver::SaliencyObserver(const Network& network) : layers_(weight_layers(network)) {}

PassObserver::Interest SaliencyObserver::interest(int layer) const {
  const bool mine = layers_.contains(layer);
  return {.output = mine, .output_gradient = mine};
}

void SaliencyObserver::output(int layer, const at::Tensor& output) { outputs_[layer] = output; }

void SaliencyObserver::output_gradient(int layer, const at::Tensor& gradient) {
  const at::Tensor output = outputs_.extract(layer).mapped();
  at::Tensor by_channel = sum_of_positions(output * gradient);
  // Float64 may hold what float32 cannot; a device would have to wait for the answer.
  if (!by_channel.is_cpu() || !by_channel.isfinite().all().item<bool>())
    by_channel = sum_of_positions(output.to(at::kDouble) * gradient.to(at::kDouble));
  saliency_.push_back({layer, by_channel.to(at::kDouble).square().mean(0) / 2});
}

CovarianceObserver::CovarianceObserver(const NetworkPlan& plan) : plan_(plan) {}

PassObserver::Interest CovarianceObserver::interest(int layer) const {
  return {.output =
              std::find(plan_.blocks.begin(), plan_.blocks.end(), layer) != plan_.blocks.end()};
}

void CovarianceObserver::output(int layer, const at::Tensor& output) {
  by_layer_[layer] = channel_covariance(output);
}

std::vector<at::Tensor> CovarianceObserver::take() {
  std::vector<at::Tensor> all;
  for (const int layer : plan_.blocks) all.push_back(by_layer_.at(layer));
  return all;
}

}  // namespace wrcor
