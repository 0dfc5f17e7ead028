#include "wrcor/nn/pass.h"

#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <stdexcept>

#include "vector_code.h"
#include "wrcor/nn/average_pool.h"
#include "wrcor/nn/convolution.h"
#include "wrcor/nn/layer_output.h"

namespace wrcor {
namespace {

std::size_t at_index(int layer) { return static_cast<std::size_t>(layer); }

/// The tensor that tells a convolution's backward pass its input: the one before a ReLU, which is
/// kept anyway, stands for the one behind it.
int source_of(const NetworkPlan& plan, const Layer& convolution) {
  const int input = convolution.inputs.front();
  const Layer& producer = plan.layers[at_index(input)];
  return producer.kind == LayerKind::relu ? producer.inputs.front() : input;
}

bool wants_weight_gradient(const Sweep& sweep, std::size_t i) {
  return std::any_of(sweep.observers.begin(), sweep.observers.end(), [i](PassObserver* observer) {
    return observer->interest(static_cast<int>(i)).weight_gradient;
  });
}

}  // namespace

Pass::Pass(const Network& network, NormMode norms, std::vector<PassObserver*> watching,
           std::vector<Sweep> sweeps, Activations activations)
    : network_(network),
      plan_(network.plan()),
      norms_(norms),
      watching_(std::move(watching)),
      sweeps_(std::move(sweeps)),
      last_reader_(plan_.layers.size(), -1),
      keep_(plan_.layers.size(), false),
      keep_mask_(plan_.layers.size(), false),
      keep_norm_(plan_.layers.size(), false),
      checkpoint_(plan_.layers.size(), false),
      taken_along_(plan_.layers.size(), false),
      only_summed_(plan_.layers.size(), false),
      scales_(plan_.layers.size()),
      segment_of_(plan_.layers.size()),
      outputs_(plan_.layers.size()),
      masks_(plan_.layers.size()),
      norm_states_(plan_.layers.size()) {
  divide(activations);
  for (std::size_t i = 0; i < plan_.layers.size(); ++i) {
    for (int input : plan_.layers[i].inputs) last_reader_[at_index(input)] = static_cast<int>(i);
  }
  find_taken_along();
  for (const Sweep& sweep : sweeps_) {
    reach_.push_back(reach_of(sweep));
    keep_for(sweep, reach_.back());
  }
  find_sums();
}

void Pass::find_taken_along() {
  const at::NoGradGuard no_grad;
  std::vector<int> readers(plan_.layers.size(), 0);
  for (const Layer& layer : plan_.layers) {
    for (const int input : layer.inputs) ++readers[at_index(input)];
  }
  const auto is_seen = [](const std::vector<PassObserver*>& observers, std::size_t relu,
                          std::size_t convolution) {
    return std::any_of(observers.begin(), observers.end(), [&](const PassObserver* observer) {
      const PassObserver::Interest of_relu = observer->interest(static_cast<int>(relu));
      return of_relu.output || of_relu.output_gradient ||
             observer->interest(static_cast<int>(convolution)).input_gradient;
    });
  };
  for (std::size_t j = 0; j < plan_.layers.size(); ++j) {
    if (plan_.layers[j].kind != LayerKind::convolution) continue;
    const std::size_t i = at_index(plan_.layers[j].inputs.front());
    if (plan_.layers[i].kind != LayerKind::relu || readers[i] > 1) continue;
    const bool seen = is_seen(watching_, i, j) ||
                      std::any_of(sweeps_.begin(), sweeps_.end(), [&](const Sweep& sweep) {
                        return at_index(sweep.from) == i || is_seen(sweep.observers, i, j);
                      });
    taken_along_[i] = !seen && takes_relu(network_.weights(static_cast<int>(j)).weight);
  }
}

void Pass::find_sums() {
  for (std::size_t i = 0; i < plan_.layers.size(); ++i) {
    const bool seen = std::any_of(watching_.begin(), watching_.end(), [i](const auto* observer) {
      return observer->interest(static_cast<int>(i)).output;
    });
    only_summed_[i] = norms_ == NormMode::minibatch && last_reader_[i] >= 0 && !seen &&
                      plan_.layers[i].kind == LayerKind::batch_norm && !keep_[i] && !checkpoint_[i];
  }
  for (const Layer& layer : plan_.layers) {
    if (layer.kind == LayerKind::sum) continue;
    for (const int input : layer.inputs) only_summed_[at_index(input)] = false;
  }
}

/// Into one segment that is loaded from the start, or into blocks of which none is.
void Pass::divide(Activations activations) {
  const std::size_t layers = plan_.layers.size();
  if (activations == Activations::kept) {
    segments_ = {{0, layers}};
    loaded_ = 0;
    return;
  }
  std::set<std::size_t> ends{layers};
  for (const int block : plan_.blocks) ends.insert(at_index(block) + 1);
  std::size_t begin = 0;
  for (const std::size_t end : ends) {
    std::fill(segment_of_.begin() + static_cast<std::ptrdiff_t>(begin),
              segment_of_.begin() + static_cast<std::ptrdiff_t>(end), segments_.size());
    segments_.push_back({begin, end});
    begin = end;
  }
  checkpoint_[0] = true;
  for (std::size_t i = 0; i < layers; ++i) {
    for (const int input : plan_.layers[i].inputs) {
      if (segment_of_[at_index(input)] != segment_of_[i]) checkpoint_[at_index(input)] = true;
    }
  }
}

Pass::Reach Pass::reach_of(const Sweep& sweep) const {
  Reach reach{std::vector<char>(plan_.layers.size(), false),
              std::vector<char>(plan_.layers.size(), false)};
  for (std::size_t i = 0; i <= at_index(sweep.from); ++i) {
    for (const PassObserver* observer : sweep.observers) {
      const PassObserver::Interest interest = observer->interest(static_cast<int>(i));
      reach.input[i] = reach.input[i] || interest.input_gradient;
      reach.output[i] = reach.output[i] || interest.output_gradient || interest.weight_gradient;
    }
    for (int input : plan_.layers[i].inputs)
      reach.input[i] = reach.input[i] || reach.output[at_index(input)];
    reach.output[i] = reach.output[i] || reach.input[i];
  }
  reach.any = reach.output[at_index(sweep.from)];
  return reach;
}

void Pass::keep_for(const Sweep& sweep, const Reach& reach) {
  for (std::size_t i = 0; i <= at_index(sweep.from); ++i) {
    const Layer& layer = plan_.layers[i];
    const bool of_weight = wants_weight_gradient(sweep, i);
    if (!reach.input[i] && !of_weight) continue;
    keep_norm_[i] = true;
    if ((layer.kind == LayerKind::relu && !taken_along_[i]) ||
        (layer.kind == LayerKind::linear && of_weight))
      keep_for_reader(keep_, layer.inputs.front(), i);
    if (layer.kind != LayerKind::convolution) continue;
    const int source = source_of(plan_, layer);
    if (of_weight) keep_for_reader(keep_, source, i);
    if (reach.input[i] && taken_along_[at_index(layer.inputs.front())])
      keep_for_reader(keep_mask_, source, i);
  }
  keep_[at_index(sweep.from)] = checkpoint_[at_index(sweep.from)] = true;
}

/// For the backward step of the layer `reader`.
void Pass::keep_for_reader(std::vector<char>& keep, int layer, std::size_t reader) {
  const std::size_t i = at_index(layer);
  keep[i] = true;
  if (segment_of_[i] != segment_of_[reader]) checkpoint_[i] = true;
}

bool Pass::keeps_output(std::size_t i) const {
  return checkpoint_[i] || (keep_[i] && loaded_ == segment_of_[i]);
}

void Pass::rescale_blocks() {
  block_factors_.assign(plan_.layers.size(), 1.0);
  for (const int block : plan_.blocks) block_factors_[at_index(block)] = 0;
}

at::Tensor Pass::rescaled(std::size_t i, at::Tensor output) {
  if (block_factors_.empty() || block_factors_[i] == 1) return output;
  double& factor = block_factors_[i];
  if (factor == 0) {
    constexpr int most = 1000;  // the factor is a double
    int exponent = 0;
    const auto largest = output.abs().max().item<double>();
    if (std::isfinite(largest)) std::frexp(largest, &exponent);
    exponent = std::clamp(exponent, -most, most);
    exponent_ += exponent;
    factor = std::ldexp(1.0, -exponent);
  }
  return output * factor;
}

at::Tensor Pass::forward(const at::Tensor& images) {
  const at::NoGradGuard no_grad;
  // Every layer keeps the order of memory; on the CPU vector code and oneDNN want this one.
  const bool channels_last = images.is_cpu() && images.scalar_type() == at::kFloat;
  outputs_[0] = channels_last ? images.contiguous(at::MemoryFormat::ChannelsLast) : images;
  for (std::size_t i = 0; i < plan_.layers.size(); ++i) {
    if (i > 0) outputs_[i] = rescaled(i, run_layer(i));
    show(i);
    release_after(i);
  }
  return outputs_.back();
}

void Pass::show(std::size_t i) {
  const int layer = static_cast<int>(i);
  const at::Tensor& inverse_deviation = norm_states_[i].inverse_deviation;
  for (PassObserver* observer : watching_) {
    const PassObserver::Interest interest = observer->interest(layer);
    if (interest.output) observer->output(layer, outputs_[i]);
    if (interest.variance && inverse_deviation.defined())
      observer->variance(layer, inverse_deviation.pow(-2) - batch_norm_epsilon);
  }
}

const at::Tensor& Pass::output(int layer) const { return outputs_[at_index(layer)]; }

at::Tensor Pass::run_norm(std::size_t i, const at::Tensor& input) {
  const Network::LayerWeights& weights = network_.weights(static_cast<int>(i));
  switch (norms_) {
    case NormMode::minibatch:
      if (only_summed_[i] && has_vector_code(input)) {
        scales_[i] = batch_norm_scale(input, weights.weight, weights.bias, norm_states_[i]);
        return norm_states_[i].input;
      }
      return batch_norm(input, weights.weight, weights.bias, norm_states_[i]);
    case NormMode::off:
      return input;
    case NormMode::initial: {
      const at::Tensor scale = weights.weight / std::sqrt(1.0 + batch_norm_epsilon);
      return input * scale.view({1, -1, 1, 1}) + weights.bias.view({1, -1, 1, 1});
    }
  }
  throw std::logic_error("unknown mode of batch norm");
}

at::Tensor Pass::run_sum(std::size_t i) const {
  std::vector<Summand> summands;
  for (const int input : plan_.layers[i].inputs)
    summands.push_back({outputs_[at_index(input)], scales_[at_index(input)]});
  return scaled_sum(summands);
}

at::Tensor Pass::run_layer(std::size_t i) {
  const Layer& layer = plan_.layers[i];
  if (layer.kind == LayerKind::sum) return run_sum(i);
  const Network::LayerWeights& weights = network_.weights(static_cast<int>(i));
  std::vector<at::Tensor> inputs;
  for (const int input : layer.inputs) inputs.push_back(outputs_[at_index(input)]);
  if (layer.kind == LayerKind::batch_norm) return run_norm(i, inputs.front());
  if (taken_along_[i]) return inputs.front();
  if (layer.kind == LayerKind::convolution && taken_along_[at_index(layer.inputs.front())])
    return relu_convolution(inputs.front(), weights.weight, layer);
  return layer_output(layer, weights, inputs);
}

void Pass::release_after(std::size_t i) {
  for (int input : plan_.layers[i].inputs) {
    const std::size_t j = at_index(input);
    if (last_reader_[j] != static_cast<int>(i) || !outputs_[j].defined()) continue;
    if (keep_mask_[j] && loaded_ == segment_of_[j]) masks_[j] = relu_mask(outputs_[j]);
    if (!keeps_output(j)) outputs_[j].reset();
  }
  const bool dead_end = last_reader_[i] < 0 && i + 1 < plan_.layers.size();
  if (dead_end && !keeps_output(i)) outputs_[i].reset();
  if (!keep_norm_[i] || loaded_ != segment_of_[i]) norm_states_[i] = {};
}

/// Frees the segment that was loaded, and runs this one again.
void Pass::load_segment(std::size_t number) {
  if (loaded_) {
    for (std::size_t i = segments_[*loaded_].begin; i < segments_[*loaded_].end; ++i) {
      if (!checkpoint_[i]) outputs_[i].reset();
      masks_[i].reset();
      norm_states_[i] = {};
    }
  }
  loaded_ = number;
  for (std::size_t i = std::max<std::size_t>(1, segments_[number].begin); i < segments_[number].end;
       ++i) {
    outputs_[i] = rescaled(i, run_layer(i));
    release_after(i);
  }
}

void Pass::backward(std::size_t number, const at::Tensor& gradient, bool last) {
  const at::NoGradGuard no_grad;
  const Sweep& sweep = sweeps_[number];
  const Reach& reach = reach_[number];
  std::vector<Gradient> gradients(plan_.layers.size());
  gradients[at_index(sweep.from)].value = gradient;
  for (std::size_t i = at_index(sweep.from) + 1; i-- > 0;) {
    if (gradients[i].value.defined() && reach.output[i]) {
      if (loaded_ != segment_of_[i]) load_segment(segment_of_[i]);
      step_back(sweep, reach, i, gradients);
    }
    gradients[i] = {};
    if (!last) continue;
    outputs_[i].reset();
    masks_[i].reset();
    norm_states_[i] = {};
  }
}

void Pass::Gradient::add(const at::Tensor& part) {
  if (own) {
    value.add_(part);
  } else {
    own = value.defined();
    value = own ? value + part : part;
  }
}

void Pass::step_back(const Sweep& sweep, const Reach& reach, std::size_t i,
                     std::vector<Gradient>& gradients) {
  const at::Tensor gradient =
      block_factors_.empty() ? gradients[i].value : gradients[i].value * block_factors_[i];
  const Layer& layer = plan_.layers[i];
  const int number = static_cast<int>(i);
  const bool of_weight = wants_weight_gradient(sweep, i);
  at::Tensor at_input, of_weights;
  const bool of_input = reach.input[i] != 0;
  if (layer.kind == LayerKind::convolution) {
    if (of_input || of_weight)
      std::tie(at_input, of_weights) = convolution_gradients(i, gradient, of_input, of_weight);
  } else {
    if (of_weight)
      of_weights = exact_product(gradient.t(), outputs_[at_index(layer.inputs.front())]);
    if (of_input) at_input = input_gradient(i, gradient);
  }
  for (PassObserver* observer : sweep.observers) {
    const PassObserver::Interest interest = observer->interest(number);
    if (interest.output_gradient) observer->output_gradient(number, gradient);
    if (interest.weight_gradient) observer->weight_gradient(number, of_weights);
    if (interest.input_gradient && at_input.defined()) observer->input_gradient(number, at_input);
  }
  if (!at_input.defined()) return;
  for (int input : layer.inputs) {
    if (!reach.output[at_index(input)]) continue;
    gradients[at_index(input)].add(at_input);
  }
}

std::pair<at::Tensor, at::Tensor> Pass::convolution_gradients(std::size_t i,
                                                              const at::Tensor& gradient,
                                                              bool of_input, bool of_weight) {
  const Layer& layer = plan_.layers[i];
  const at::Tensor& weight = network_.weights(static_cast<int>(i)).weight;
  const int source = source_of(plan_, layer);
  const FeatureShape& shape = plan_.layers[at_index(source)].out;
  at::Tensor at_input, of_weights;
  if (of_input) {
    at_input =
        taken_along_[at_index(layer.inputs.front())]
            ? relu_convolution_input_gradient(gradient, mask_of(source), shape, weight, layer)
            : convolution_input_gradient(gradient, shape, weight, layer);
  }
  if (of_weight) {
    const at::Tensor& input = outputs_[at_index(source)];
    of_weights = convolution_weight_gradient(
        gradient, source == layer.inputs.front() ? input : at::relu(input), weight, layer);
  }
  return {at_input, of_weights};
}

/// Made here of a layer in another segment than its reader.
const at::Tensor& Pass::mask_of(int layer) {
  at::Tensor& mask = masks_[at_index(layer)];
  if (!mask.defined()) mask = relu_mask(outputs_[at_index(layer)]);
  return mask;
}

at::Tensor Pass::input_gradient(std::size_t i, const at::Tensor& gradient) const {
  const Layer& layer = plan_.layers[i];
  const Network::LayerWeights& weights = network_.weights(static_cast<int>(i));
  if (layer.kind == LayerKind::batch_norm) {
    if (norms_ == NormMode::off) return gradient;
    if (norms_ == NormMode::minibatch)
      return batch_norm_backward(gradient, weights.weight, norm_states_[i]);
    return gradient * (weights.weight / std::sqrt(1.0 + batch_norm_epsilon)).view({1, -1, 1, 1});
  }
  if (taken_along_[i]) return gradient;
  const std::size_t input = at_index(layer.inputs.front());
  return layer_input_gradient(layer, weights, gradient, outputs_[input], plan_.layers[input].out);
}

Loss cross_entropy(const at::Tensor& logits, const at::Tensor& labels) {
  const at::NoGradGuard no_grad;
  const at::Tensor log_probabilities = at::log_softmax(logits, 1);
  const at::Tensor chosen = labels.unsqueeze(1);
  return {-log_probabilities.gather(1, chosen).mean().item<double>(),
          cross_entropy_gradient(logits, labels)};
}

at::Tensor cross_entropy_gradient(const at::Tensor& logits, const at::Tensor& labels) {
  const at::NoGradGuard no_grad;
  const std::int64_t classes = logits.dim() - 1;
  const at::Tensor chosen =
      at::zeros_like(logits).scatter_(classes, labels.unsqueeze(classes), 1.0);
  return (at::log_softmax(logits, classes).exp() - chosen) / static_cast<double>(logits.size(0));
}

}  // namespace wrcor
