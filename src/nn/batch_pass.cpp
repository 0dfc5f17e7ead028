#include "nn/batch_pass.h"

#include <ATen/core/grad_mode.h>

#include <algorithm>

#include "nn/operator.h"

namespace wrcor {
namespace {

std::int64_t as_size(std::size_t count) { return static_cast<std::int64_t>(count); }

/// [N * members, ...] as [N, members, ...].
at::Tensor by_member(const at::Tensor& values, std::int64_t samples) {
  std::vector<std::int64_t> shape = values.sizes().vec();
  shape.front() /= samples;
  shape.insert(shape.begin(), samples);
  return values.view(shape);
}

/// [N, members, ...] as [N * members, ...].
at::Tensor as_images(const at::Tensor& values) { return values.flatten(0, 1); }

/// [N * members, C, H, W] as [N, members * C, H, W].
at::Tensor as_channels(const at::Tensor& values, std::int64_t samples) {
  return values.reshape({samples, -1, values.size(2), values.size(3)});
}

/// The tensors that the backward step of a layer reads.
Reads reads_of(const Layer& layer) {
  return layer.kind == LayerKind::input ? Reads{} : operator_of(layer.kind).reads();
}

at::Tensor selected(const at::Tensor& values, const at::Tensor& positions) {
  return positions.defined() ? values.index_select(1, positions) : values;
}

}  // namespace

BatchPass::BatchPass(const NetworkBatch& batch, BatchPassObserver& observer)
    : batch_(batch),
      steps_(batch.steps()),
      observer_(observer),
      needs_gradient_(steps_.size(), false),
      last_reader_(steps_.size(), 0),
      outputs_(steps_.size()),
      kept_inputs_(steps_.size()),
      norm_states_(steps_.size()),
      gradients_(steps_.size()) {
  find_needs();
  for (std::size_t s = 0; s < steps_.size(); ++s) {
    for (const auto& sources : steps_[s].inputs) {
      for (const NetworkBatch::Source& source : sources) last_reader_[source.step] = s;
    }
  }
  for (const NetworkBatch::Source& source : batch_.logits())
    last_reader_[source.step] = steps_.size();
}

/// A gradient is needed wherever a step upstream shows one.
void BatchPass::find_needs() {
  for (std::size_t s = 0; s < steps_.size(); ++s) {
    bool needed = observer_.wants_input_gradient(s);
    for (const auto& sources : steps_[s].gradients) {
      for (const NetworkBatch::Source& source : sources)
        needed = needed || needs_gradient_[source.step];
    }
    needs_gradient_[s] = needed && !steps_[s].live.members.empty();
  }
}

at::Tensor BatchPass::gathered(const std::vector<NetworkBatch::Source>& sources,
                               std::size_t members) const {
  const auto part = [this](const NetworkBatch::Source& source) {
    return selected(by_member(outputs_[source.step], samples_), source.there);
  };
  if (sources.size() == 1) return part(sources.front());
  std::vector<std::int64_t> shape =
      by_member(outputs_[sources.front().step], samples_).sizes().vec();
  shape[1] = as_size(members);
  at::Tensor whole = at::empty(shape, outputs_[sources.front().step].options());
  for (const NetworkBatch::Source& source : sources)
    whole.index_copy_(1, source.here, part(source));
  return whole;
}

/// In the order of the inputs, as a sum of one network.
at::Tensor BatchPass::summed(const NetworkBatch::Step& step) const {
  const std::size_t members = step.members.size();
  at::Tensor total = gathered(step.inputs[0], members) + gathered(step.inputs[1], members);
  for (std::size_t k = 2; k < step.inputs.size(); ++k) {
    for (const NetworkBatch::Source& source : step.inputs[k]) {
      const at::Tensor part = selected(by_member(outputs_[source.step], samples_), source.there);
      if (source.here.defined()) {
        total.index_add_(1, source.here, part);
      } else {
        total.add_(part);
      }
    }
  }
  return as_images(total);
}

at::Tensor BatchPass::run_step(std::size_t s) {
  const NetworkBatch::Step& step = steps_[s];
  if (step.layer.kind == LayerKind::sum) return summed(step);  // gathers nothing that it need not
  std::vector<at::Tensor> inputs;
  for (const auto& sources : step.inputs)
    inputs.push_back(as_images(gathered(sources, step.members.size())));
  const Operator& its = operator_of(step.layer.kind);
  if (!its.per_image()) return run_norm(s, inputs.front());
  const at::Tensor output =
      its.forward({.layer = step.layer, .weights = step.weights, .inputs = inputs});
  if (needs_gradient_[s] && its.reads().inputs) kept_inputs_[s] = std::move(inputs);
  return output;
}

at::Tensor BatchPass::run_norm(std::size_t s, const at::Tensor& input) {
  const NetworkBatch::Step& step = steps_[s];
  const std::int64_t members = as_size(step.members.size());
  return batch_norm(as_channels(input, samples_), step.weights.weight.repeat(members),
                    step.weights.bias.repeat(members), step.layer.epsilon, norm_states_[s])
      .reshape(input.sizes());
}

at::Tensor BatchPass::forward(const at::Tensor& images) {
  const at::NoGradGuard no_grad;
  samples_ = images.size(0);
  for (std::size_t s = 0; s < steps_.size(); ++s) {
    const auto members = as_size(steps_[s].members.size());
    outputs_[s] =
        steps_[s].layer.kind == LayerKind::input
            ? as_images(images.unsqueeze(1).expand({-1, members, -1, -1, -1}).contiguous())
            : run_step(s);
    if (observer_.wants_output(s)) observer_.output(s, by_member(outputs_[s], samples_));
    release_after(s);
  }
  const at::Tensor logits = gathered(batch_.logits(), batch_.size());
  for (const NetworkBatch::Source& source : batch_.logits()) outputs_[source.step].reset();
  return logits;
}

void BatchPass::release_after(std::size_t s) {
  const auto kept = [this](std::size_t i) {
    return needs_gradient_[i] && reads_of(steps_[i].layer).output;
  };
  for (const auto& sources : steps_[s].inputs) {
    for (const NetworkBatch::Source& source : sources) {
      if (last_reader_[source.step] == s && !kept(source.step)) outputs_[source.step].reset();
    }
  }
  const bool unread = last_reader_[s] == 0;
  if (unread && !kept(s)) outputs_[s].reset();
  if (!needs_gradient_[s]) norm_states_[s] = {};
}

void BatchPass::backward(const at::Tensor& gradient) {
  const at::NoGradGuard no_grad;
  for (const NetworkBatch::Source& source : batch_.logits())
    accumulate(source.step, source.there, selected(gradient, source.here));
  for (std::size_t s = steps_.size(); s-- > 0;) {
    if (needs_gradient_[s] && gradients_[s].values.defined()) step_back(s);
    gradients_[s] = {};
    outputs_[s].reset();
    kept_inputs_[s].clear();
    norm_states_[s] = {};
  }
}

void BatchPass::step_back(std::size_t s) {
  const NetworkBatch::Step& step = steps_[s];
  if (step.inputs.empty()) return;
  const Operator& its = operator_of(step.layer.kind);
  if (!its.passes_gradient()) return;
  const at::Tensor gradient = as_images(gradients_[s].values);
  std::vector<FeatureShape> shapes;
  for (const auto& sources : step.inputs) shapes.push_back(steps_[sources.front().step].layer.out);
  std::vector<at::Tensor> inputs;
  for (const at::Tensor& input : kept_inputs_[s]) inputs.push_back(live_members(s, input));
  const at::Tensor output = outputs_[s].defined() ? live_members(s, outputs_[s]) : at::Tensor();
  const BackwardStep backward{.layer = step.layer,
                              .weights = step.weights,
                              .gradient = gradient,
                              .shapes = shapes,
                              .inputs = inputs,
                              .output = output};
  for (std::size_t k = 0; k < step.inputs.size(); ++k) {
    const bool is_shown = k == 0 && observer_.wants_input_gradient(s);
    if (!is_shown && !needs_gradient_at(s, k)) continue;
    const at::Tensor values = by_member(
        its.per_image() ? its.input_gradient(backward, k) : norm_gradient(s, gradient), samples_);
    if (is_shown) observer_.input_gradient(s, values);
    hand_on(s, k, values);
  }
}

/// [N * members, ...] of all members as [N * live members, ...].
at::Tensor BatchPass::live_members(std::size_t s, const at::Tensor& values) const {
  return as_images(selected(by_member(values, samples_), steps_[s].live.positions));
}

bool BatchPass::needs_gradient_at(std::size_t s, std::size_t input) const {
  const auto& sources = steps_[s].gradients[input];
  return std::any_of(sources.begin(), sources.end(),
                     [this](const auto& source) { return needs_gradient_[source.step] != 0; });
}

at::Tensor BatchPass::norm_gradient(std::size_t s, const at::Tensor& gradient) const {
  const NetworkBatch::Step& step = steps_[s];
  const BatchNormState& norm = norm_states_[s];
  const auto live = as_size(step.live.members.size());
  // Of the live members.
  const auto of_channels = [&](const at::Tensor& values) {
    return selected(values.view({1, -1, step.layer.out.channels}), step.live.positions).flatten();
  };
  BatchNormState state = norm;
  if (step.live.positions.defined()) {
    const auto all = as_size(step.members.size());
    const at::Tensor inputs = norm.input.reshape(
        {samples_, all, step.layer.out.channels, norm.input.size(2), norm.input.size(3)});
    state = {as_channels(as_images(selected(inputs, step.live.positions)), samples_),
             of_channels(norm.mean), of_channels(norm.inverse_deviation), norm.epsilon};
  }
  return batch_norm_backward(as_channels(gradient, samples_), step.weights.weight.repeat(live),
                             state)
      .reshape(gradient.sizes());
}

/// To the steps that an input comes from.
void BatchPass::hand_on(std::size_t s, std::size_t input, const at::Tensor& gradient) {
  for (const NetworkBatch::Source& source : steps_[s].gradients[input]) {
    if (needs_gradient_[source.step])
      accumulate(source.step, source.there, selected(gradient, source.here));
  }
}

/// @param positions  of the part among the live members of the step; undefined: all of them
void BatchPass::accumulate(std::size_t s, const at::Tensor& positions, const at::Tensor& part) {
  Gradient& total = gradients_[s];
  if (!positions.defined()) {
    if (total.owned) {
      total.values.add_(part);
    } else {
      total = total.values.defined() ? Gradient{total.values + part, true} : Gradient{part, false};
    }
    return;
  }
  if (!total.values.defined()) {
    std::vector<std::int64_t> shape = part.sizes().vec();
    shape[1] = as_size(steps_[s].live.members.size());
    total = {at::zeros(shape, part.options()), true};
  } else if (!total.owned) {
    total = {total.values.clone(), true};
  }
  total.values.index_add_(1, positions, part);
}

std::int64_t batch_pass_bytes(const NetworkPlan& plan, std::int64_t samples) {
  // Gradients and sums of them; a response by network, its magnitudes, scaled, by network again.
  constexpr std::int64_t floats_in_work = 4 + 4;
  std::int64_t kept = 0, largest = 0;
  for (const Layer& layer : plan.layers) {
    const std::int64_t elements =
        std::int64_t{layer.out.channels} * layer.out.height * layer.out.width;
    largest = std::max(largest, elements);
    const Reads reads = reads_of(layer);
    if (reads.statistics || reads.output || reads.inputs) kept += elements;
  }
  return samples * 4 * (kept + floats_in_work * largest);
}

}  // namespace wrcor
