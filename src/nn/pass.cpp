#include "nn/pass.h"

#include <ATen/core/grad_mode.h>

#include <algorithm>

#include "core/at_index.h"
#include "nn/convolution.h"

namespace wrcor {
namespace {

std::vector<LayerAbilities> abilities_of(const Network& network, NormMode norms) {
  const at::NoGradGuard no_grad;
  std::vector<LayerAbilities> all;
  for (const Layer& layer : network.plan().layers) {
    LayerAbilities& mine = all.emplace_back();
    if (layer.kind == LayerKind::input) continue;
    const Operator& its = operator_of(layer.kind);
    const auto position = static_cast<int>(all.size()) - 1;
    mine = {its.reads(), its.fuses_relu(layer, network.weights(position)), its.defers_scale(norms),
            its.applies_scales()};
  }
  return all;
}

/// By layer, of all observers together.
std::vector<Interest> interests_of(const std::vector<PassObserver*>& observers,
                                   std::size_t layers) {
  std::vector<Interest> all(layers);
  for (const PassObserver* observer : observers) {
    for (std::size_t i = 0; i < layers; ++i) all[i] |= observer->interest(static_cast<int>(i));
  }
  return all;
}

std::vector<SweepRequest> requests_of(const std::vector<Sweep>& sweeps, std::size_t layers) {
  std::vector<SweepRequest> all;
  for (const Sweep& sweep : sweeps)
    all.push_back({sweep.from, interests_of(sweep.observers, layers)});
  return all;
}

}  // namespace

Pass::Pass(const Network& network, NormMode norms, std::vector<PassObserver*> watching,
           std::vector<Sweep> sweeps, Activations activations)
    : network_(network),
      plan_(network.plan()),
      norms_(norms),
      watching_(std::move(watching)),
      sweeps_(std::move(sweeps)),
      schedule_(plan_, abilities_of(network, norms), interests_of(watching_, plan_.layers.size()),
                requests_of(sweeps_, plan_.layers.size()), activations),
      states_(plan_.layers.size()),
      loaded_(schedule_.kept_segment()) {}

bool Pass::is_fused(int layer) const { return schedule_.layer(at_index(layer)).fused; }

void Pass::rescale_blocks() {
  for (const int block : plan_.blocks) states_[at_index(block)].rescale = true;
}

at::Tensor Pass::rescaled(std::size_t i, at::Tensor output) {
  if (!states_[i].rescale) return output;
  at::Tensor& factor = states_[i].block_factor;
  if (!factor.defined()) {
    const at::Tensor largest = output.abs().max();
    const auto [mantissa, exponent] = at::frexp(largest);
    const at::Tensor scale = mantissa / largest;  // 2^-exponent, exactly
    const at::Tensor usable = scale.isfinite().logical_and(scale > 0);
    exponent_ = at::where(usable, exponent_ + exponent, exponent_);
    factor = at::where(usable, scale, at::ones_like(scale));
  }
  return output * factor;
}

at::Tensor Pass::forward(const at::Tensor& images) {
  const at::NoGradGuard no_grad;
  // Every layer keeps the memory order; on the CPU, vector code and oneDNN need this one.
  const bool channels_last = images.is_cpu() && images.scalar_type() == at::kFloat;
  exponent_ = at::zeros({}, images.options().dtype(at::kDouble));
  states_[0].output = channels_last ? images.contiguous(at::MemoryFormat::ChannelsLast) : images;
  for (std::size_t i = 0; i < plan_.layers.size(); ++i) {
    if (i > 0) states_[i].output = rescaled(i, run_layer(i));
    show(i);
    release_after(i);
    if (after_step_) after_step_(static_cast<int>(i), Side::activation);
  }
  return states_.back().output;
}

void Pass::show(std::size_t i) {
  const int layer = static_cast<int>(i);
  const BatchNormState& norm = states_[i].norm;
  for (PassObserver* observer : watching_) {
    const Interest interest = observer->interest(layer);
    if (interest.output) observer->output(layer, states_[i].output);
    if (interest.variance && norm.inverse_deviation.defined())
      observer->variance(layer, norm.inverse_deviation.pow(-2) - norm.epsilon);
  }
}

const at::Tensor& Pass::output(int layer) const { return states_[at_index(layer)].output; }

std::vector<at::Tensor> Pass::inputs_of(std::size_t i) const {
  std::vector<at::Tensor> inputs;
  for (const int input : plan_.layers[i].inputs) inputs.push_back(states_[at_index(input)].output);
  return inputs;
}

at::Tensor Pass::run_layer(std::size_t i) {
  const Layer& layer = plan_.layers[i];
  const std::vector<at::Tensor> inputs = inputs_of(i);
  if (is_fused(static_cast<int>(i))) return inputs.front();
  const Operator& its = operator_of(layer.kind);
  std::vector<ChannelScale> scales;
  if (its.applies_scales()) {
    for (const int input : layer.inputs) scales.push_back(states_[at_index(input)].scale);
  }
  LayerState& mine = states_[i];
  return its.forward({.layer = layer,
                      .weights = network_.weights(static_cast<int>(i)),
                      .inputs = inputs,
                      .norms = norms_,
                      .fused_relu = is_fused(layer.inputs.front()),
                      .scales = scales,
                      .statistics = &mine.norm,
                      .deferred = schedule_.layer(i).deferred ? &mine.scale : nullptr});
}

void Pass::release_after(std::size_t i) {
  for (const int input : plan_.layers[i].inputs) {
    const std::size_t j = at_index(input);
    LayerState& read = states_[j];
    if (schedule_.layer(j).last_reader != static_cast<int>(i) || !read.output.defined()) continue;
    if (schedule_.keeps_relu_mask(j, loaded_)) read.relu_mask = relu_mask(read.output);
    if (!schedule_.keeps_output(j, loaded_)) read.output.reset();
  }
  const bool dead_end = schedule_.layer(i).last_reader < 0 && i + 1 < states_.size();
  if (dead_end && !schedule_.keeps_output(i, loaded_)) states_[i].output.reset();
  if (!schedule_.keeps_statistics(i, loaded_)) states_[i].norm = {};
}

/// Frees the segment that was loaded, and computes this one again.
void Pass::load_segment(std::size_t number) {
  if (loaded_) {
    const Schedule::Segment& before = schedule_.segments()[*loaded_];
    for (std::size_t i = before.begin; i < before.end; ++i) {
      if (!schedule_.layer(i).checkpoint) states_[i].output.reset();
      states_[i].relu_mask.reset();
      states_[i].norm = {};
    }
  }
  loaded_ = number;
  const Schedule::Segment& segment = schedule_.segments()[number];
  try {
    for (std::size_t i = std::max<std::size_t>(1, segment.begin); i < segment.end; ++i) {
      states_[i].output = rescaled(i, run_layer(i));
      release_after(i);
    }
  } catch (...) {
    loaded_.reset();  // another sweep may still run
    throw;
  }
}

void Pass::backward(std::size_t number, const at::Tensor& gradient, bool last) {
  const at::NoGradGuard no_grad;
  const std::size_t from = at_index(sweeps_[number].from);
  std::vector<Gradient> gradients(plan_.layers.size());
  gradients[from].value = gradient;
  for (std::size_t i = from + 1; i-- > 0;) {
    if (gradients[i].value.defined() && schedule_.gradients(number, i).output) {
      if (loaded_ != schedule_.layer(i).segment) load_segment(schedule_.layer(i).segment);
      step_back(number, i, gradients);
      if (after_step_) after_step_(static_cast<int>(i), Side::gradient);
    }
    gradients[i] = {};
    if (!last) continue;
    states_[i].output.reset();
    states_[i].relu_mask.reset();
    states_[i].norm = {};
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

void Pass::step_back(std::size_t sweep, std::size_t i, std::vector<Gradient>& gradients) {
  const Layer& layer = plan_.layers[i];
  const auto number = static_cast<int>(i);
  const Schedule::Gradients& needed = schedule_.gradients(sweep, i);
  const at::Tensor& factor = states_[i].block_factor;
  const at::Tensor gradient = factor.defined() ? gradients[i].value * factor : gradients[i].value;
  const auto show = [&](bool Interest::*what, auto method, const at::Tensor& value) {
    for (PassObserver* observer : sweeps_[sweep].observers) {
      if (observer->interest(number).*what) (observer->*method)(number, value);
    }
  };
  show(&Interest::output_gradient, &PassObserver::output_gradient, gradient);
  if (layer.inputs.empty()) return;

  const Operator& its = operator_of(layer.kind);
  std::vector<FeatureShape> shapes;
  for (const int input : layer.inputs) shapes.push_back(plan_.layers[at_index(input)].out);
  BackwardStep step{.layer = layer,
                    .weights = network_.weights(number),
                    .gradient = gradient,
                    .shapes = shapes,
                    .norms = norms_,
                    .statistics = &states_[i].norm};
  if (needed.weight) {
    const at::Tensor input = weight_gradient_input(layer);
    step.inputs = {&input, 1};
    show(&Interest::weight_gradient, &PassObserver::weight_gradient, its.weight_gradient(step));
  }
  if (!needed.inputs || !its.passes_gradient()) return;
  const std::vector<at::Tensor> inputs = inputs_of(i);
  step.inputs = inputs;
  // Both are above 0 for the same values.
  step.output = layer.kind == LayerKind::relu ? inputs.front() : states_[i].output;
  if (is_fused(layer.inputs.front()))
    step.relu_mask = relu_mask_of(plan_.layers[at_index(layer.inputs.front())].inputs.front());
  const bool passes_on = is_fused(number);
  for (std::size_t k = 0; k < layer.inputs.size(); ++k) {
    const std::size_t input = at_index(layer.inputs[k]);
    const bool is_read = schedule_.gradients(sweep, input).output;
    const bool is_shown = k == 0 && needed.shown;
    if (!is_read && !is_shown) continue;
    const at::Tensor at_input = passes_on ? gradient : its.input_gradient(step, k);
    if (is_shown) show(&Interest::input_gradient, &PassObserver::input_gradient, at_input);
    if (is_read) gradients[input].add(at_input);
  }
}

/// The input that the weight of a layer was multiplied with.
at::Tensor Pass::weight_gradient_input(const Layer& layer) const {
  const int source = weight_gradient_source(plan_, layer);
  const at::Tensor& output = states_[at_index(source)].output;
  return source == layer.inputs.front() ? output : at::relu(output);
}

/// Computed here for a layer in another segment than its reader.
const at::Tensor& Pass::relu_mask_of(int layer) {
  LayerState& its = states_[at_index(layer)];
  if (!its.relu_mask.defined()) its.relu_mask = relu_mask(its.output);
  return its.relu_mask;
}

at::Tensor cross_entropy_gradient(const at::Tensor& logits, const at::Tensor& labels) {
  const at::NoGradGuard no_grad;
  const std::int64_t classes = logits.dim() - 1;
  const at::Tensor chosen =
      at::zeros_like(logits).scatter_(classes, labels.unsqueeze(classes), 1.0);
  return (at::log_softmax(logits, classes).exp() - chosen) / static_cast<double>(logits.size(0));
}

}  // namespace wrcor
