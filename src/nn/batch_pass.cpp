#include "nn/batch_pass.h"

#include <ATen/core/grad_mode.h>

#include <algorithm>

#include "core/at_index.h"
#include "nn/convolution.h"
#include "nn/operator.h"

namespace wrcor {
namespace {

using Member = NetworkBatch::Member;

std::int64_t as_size(std::size_t count) { return static_cast<std::int64_t>(count); }

/// [N * members, ...] as [N, members, ...].
at::Tensor by_member(const at::Tensor& values, std::int64_t samples) {
  return values.unflatten(0, {samples, values.size(0) / samples});
}

/// [N, members, ...] as [N * members, ...].
at::Tensor as_images(const at::Tensor& values) { return values.flatten(0, 1); }

/// [N, members, C, H, W] as [N, members * C, H, W].
at::Tensor as_channels(const at::Tensor& values) { return values.flatten(1, 2); }

at::Tensor selected(const at::Tensor& values, const at::Tensor& positions,
                    std::int64_t dimension = 1) {
  return positions.defined() ? values.index_select(dimension, positions) : values;
}

/// Values [members * C] of a step: those of some of its members.
at::Tensor selected_channels(const at::Tensor& values, const at::Tensor& positions,
                             std::int64_t members) {
  return selected(values.view({members, -1}), positions, 0).flatten();
}

BatchInterests interests_of(const NetworkBatch& batch,
                            const std::vector<BatchPassObserver*>& observers) {
  BatchInterests all;
  for (int a = 0; a < static_cast<int>(batch.size()); ++a) {
    auto& mine = all.emplace_back(batch.plan(a).layers.size());
    for (int i = 0; i <= batch.plan(a).logits(); ++i) {
      for (const BatchPassObserver* observer : observers)
        mine[at_index(i)] |= observer->interest({a, i});
    }
  }
  return all;
}

}  // namespace

BatchPass::BatchPass(const NetworkBatch& batch, NormMode norms,
                     std::vector<BatchPassObserver*> watching, std::vector<BatchSweep> sweeps)
    : batch_(batch),
      steps_(batch.steps()),
      norms_(norms),
      keeps_(steps_.size()),
      last_reader_(steps_.size(), 0),
      states_(steps_.size()),
      rescalings_(steps_.size()) {
  IndexPool pool;
  for (const NetworkBatch::Step& step : steps_) {
    outputs_.push_back(deliveries_of(step.members, watching, &Interest::output, pool));
    variances_.push_back(deliveries_of(step.members, watching, &Interest::variance, pool));
  }
  routes_.reserve(sweeps.size());  // elements must not move before the upload
  for (const BatchSweep& sweep : sweeps) plan_sweep(sweep, pool);
  for (std::size_t s = 0; s < steps_.size(); ++s) {
    for (const MemberSum& input : steps_[s].inputs) {
      for (const std::size_t source : input.sources()) last_reader_[source] = s;
    }
  }
  pool.upload(batch.device());
}

BatchPass::Deliveries BatchPass::deliveries_of(std::span<const Member> members,
                                               const std::vector<BatchPassObserver*>& observers,
                                               bool Interest::*what, IndexPool& pool) const {
  Deliveries all;
  for (BatchPassObserver* observer : observers) {
    std::vector<Member> asked_for;
    std::vector<std::int64_t> positions;
    for (std::size_t k = 0; k < members.size(); ++k) {
      if (!(observer->interest(members[k]).*what)) continue;
      asked_for.push_back(members[k]);
      positions.push_back(as_size(k));
    }
    if (asked_for.empty()) continue;
    Delivery& one = all.emplace_back(Delivery{observer, std::move(asked_for), {}});
    if (positions.size() < members.size()) pool.add(positions, one.positions);
  }
  return all;
}

void BatchPass::plan_sweep(const BatchSweep& sweep, IndexPool& pool) {
  const BatchRoute& route =
      routes_.emplace_back(batch_, sweep.from, interests_of(batch_, sweep.observers), pool);
  SweepDeliveries& its = of_sweeps_.emplace_back();
  for (std::size_t s = 0; s < steps_.size(); ++s) {
    const BatchRoute::Step& way = route.step(s);
    const auto deliveries = [&](bool Interest::*what) {
      return deliveries_of(way.members, sweep.observers, what, pool);
    };
    its.input_gradients.push_back(deliveries(&Interest::input_gradient));
    its.output_gradients.push_back(deliveries(&Interest::output_gradient));
    its.weight_gradients.push_back(deliveries(&Interest::weight_gradient));
    Keeps& keeps = keeps_[s];
    keeps.output = keeps.output || way.starts;
    keeps.inputs = keeps.inputs || way.weights;
    if (std::none_of(way.inputs.begin(), way.inputs.end(), [](char is) { return is != 0; }))
      continue;
    const Reads reads = operator_of(steps_[s].layer.kind).reads();
    keeps.output = keeps.output || reads.output;
    keeps.inputs = keeps.inputs || reads.inputs;
    keeps.statistics = keeps.statistics || (reads.statistics && norms_ == NormMode::minibatch);
  }
}

void BatchPass::rescale_blocks(const std::vector<char>& chosen) {
  IndexPool pool;
  for (std::size_t s = 0; s < steps_.size(); ++s) {
    std::vector<std::int64_t> positions, networks;
    for (std::size_t k = 0; k < steps_[s].members.size(); ++k) {
      const auto& [network, layer] = steps_[s].members[k];
      const std::vector<int>& blocks = batch_.plan(network).blocks;
      if (chosen[at_index(network)] == 0 || std::ranges::find(blocks, layer) == blocks.end())
        continue;
      positions.push_back(as_size(k));
      networks.push_back(network);
    }
    if (positions.empty()) continue;
    pool.add(positions, rescalings_[s].positions);
    pool.add(networks, rescalings_[s].networks);
  }
  pool.upload(batch_.device());
}

void BatchPass::forward(const at::Tensor& images) {
  const at::NoGradGuard no_grad;
  exponents_ = at::zeros({as_size(batch_.size())}, images.options().dtype(at::kDouble));
  for (std::size_t s = 0; s < steps_.size(); ++s) {
    states_[s].output = run_step(s, images);
    if (rescalings_[s].positions.defined()) rescale(s);
    show_outputs(s);
    release_after(s);
  }
}

at::Tensor BatchPass::run_step(std::size_t s, const at::Tensor& images) {
  const NetworkBatch::Step& step = steps_[s];
  if (step.layer.kind == LayerKind::input)
    return images.unsqueeze(1).expand({-1, as_size(step.members.size()), -1, -1, -1});
  const auto output_of = [this](std::size_t source) { return states_[source].output; };
  std::vector<at::Tensor> inputs, as_read;
  for (const MemberSum& input : step.inputs) {
    inputs.push_back(input.compute(output_of));
    as_read.push_back(as_images(inputs.back()));
  }
  if (step.layer.kind == LayerKind::sum) return inputs.front();
  const std::int64_t samples = images.size(0);
  const Operator& its = operator_of(step.layer.kind);
  const at::Tensor output =
      its.per_image()
          ? by_member(
                its.forward({.layer = step.layer, .weights = step.weights, .inputs = as_read}),
                samples)
          : run_norm(s, inputs.front());
  if (keeps_[s].inputs) states_[s].inputs = std::move(inputs);
  return output;
}

at::Tensor BatchPass::run_norm(std::size_t s, const at::Tensor& input) {
  if (norms_ == NormMode::off) return input;
  const NetworkBatch::Step& step = steps_[s];
  return batch_norm(as_channels(input), step.weights.weight, step.weights.bias, step.layer.epsilon,
                    states_[s].norm)
      .unflatten(1, {as_size(step.members.size()), -1});
}

/// As Pass does, without a loop over the members.
void BatchPass::rescale(std::size_t s) {
  const auto& [positions, networks] = rescalings_[s];
  at::Tensor& output = states_[s].output;
  const at::Tensor largest =
      output.index_select(1, positions).abs().transpose(0, 1).flatten(1).amax(1);
  const auto [mantissa, exponent] = at::frexp(largest);
  const at::Tensor scale = mantissa / largest;  // 2^-exponent, exactly
  const at::Tensor usable = scale.isfinite().logical_and(scale > 0);
  exponents_.index_add_(0, networks,
                        at::where(usable, exponent, at::zeros_like(exponent)).to(at::kDouble));
  at::Tensor factors = at::ones({output.size(1)}, largest.options());
  factors.index_copy_(0, positions, at::where(usable, scale, at::ones_like(scale)));
  states_[s].factors = factors.view({1, -1, 1, 1, 1});
  output = output * states_[s].factors;
}

void BatchPass::show_outputs(std::size_t s) {
  const State& state = states_[s];
  for (const Delivery& to : outputs_[s])
    to.observer->output(to.members, selected(state.output, to.positions));
  if (!state.norm.inverse_deviation.defined()) return;
  for (const Delivery& to : variances_[s]) {
    const at::Tensor variances = state.norm.inverse_deviation.pow(-2) - state.norm.epsilon;
    to.observer->variance(
        to.members,
        selected(variances.view({as_size(steps_[s].members.size()), -1}), to.positions, 0));
  }
}

void BatchPass::release_after(std::size_t s) {
  const auto release = [this](std::size_t i) {
    if (!keeps_[i].output) states_[i].output.reset();
  };
  for (const MemberSum& input : steps_[s].inputs) {
    for (const std::size_t source : input.sources()) {
      if (last_reader_[source] == s) release(source);
    }
  }
  if (last_reader_[s] == 0) release(s);
  if (!keeps_[s].statistics) states_[s].norm = {};
}

void BatchPass::backward(std::size_t sweep, const StartGradient& start, bool last) {
  const at::NoGradGuard no_grad;
  const BatchRoute& route = routes_[sweep];
  std::vector<at::Tensor> gradients(route.tensors());
  for (std::size_t s = steps_.size(); s-- > 0;) {
    const BatchRoute::Step& way = route.step(s);
    if (!way.members.empty()) {
      if (way.starts) {
        gradients[route.at_start(s)] = start(selected(states_[s].output, way.start_positions));
      }
      step_back(sweep, s, gradients);
    }
    if (last) states_[s] = {};
  }
}

void BatchPass::step_back(std::size_t sweep, std::size_t s, std::vector<at::Tensor>& gradients) {
  const BatchRoute& route = routes_[sweep];
  const BatchRoute::Step& way = route.step(s);
  const NetworkBatch::Step& step = steps_[s];
  const State& state = states_[s];
  at::Tensor gradient = way.gradient.compute([&](std::size_t tensor) { return gradients[tensor]; });
  for (const std::size_t tensor : way.last_read) gradients[tensor].reset();
  if (state.factors.defined()) gradient = gradient * selected(state.factors, way.positions);
  const auto deliver = [&](const Deliveries& deliveries, auto method, const at::Tensor& values,
                           std::int64_t dimension) {
    for (const Delivery& to : deliveries)
      (to.observer->*method)(to.members, selected(values, to.positions, dimension));
  };
  deliver(of_sweeps_[sweep].output_gradients[s], &BatchPassObserver::output_gradient, gradient, 1);
  if (way.weights) {
    deliver(of_sweeps_[sweep].weight_gradients[s], &BatchPassObserver::weight_gradient,
            weight_gradient(s, way, gradient), 0);
  }
  if (std::none_of(way.inputs.begin(), way.inputs.end(), [](char is) { return is != 0; })) return;

  std::vector<FeatureShape> shapes;
  for (const int input : step.layer.inputs)
    shapes.push_back(batch_.layer({step.members.front().network, input}).out);
  std::vector<at::Tensor> inputs;
  for (const at::Tensor& input : state.inputs)
    inputs.push_back(as_images(selected(input, way.positions)));
  const at::Tensor images = as_images(gradient);
  BackwardStep backward{.layer = step.layer,
                        .weights = step.weights,
                        .gradient = images,
                        .shapes = shapes,
                        .inputs = inputs};
  const Operator& its = operator_of(step.layer.kind);
  if (its.reads().output) backward.output = as_images(selected(state.output, way.positions));
  for (std::size_t k = 0; k < way.inputs.size(); ++k) {
    if (way.inputs[k] == 0) continue;
    const at::Tensor at_input = its.per_image()
                                    ? by_member(its.input_gradient(backward, k), gradient.size(0))
                                    : norm_gradient(s, way, gradient);
    if (k == 0) {
      deliver(of_sweeps_[sweep].input_gradients[s], &BatchPassObserver::input_gradient, at_input,
              1);
    }
    if (route.is_read(route.at_input(s, k))) gradients[route.at_input(s, k)] = at_input;
  }
}

at::Tensor BatchPass::norm_gradient(std::size_t s, const BatchRoute::Step& way,
                                    const at::Tensor& gradient) const {
  if (norms_ == NormMode::off) return gradient;
  const NetworkBatch::Step& step = steps_[s];
  BatchNormState state = states_[s].norm;
  at::Tensor weight = step.weights.weight;
  if (way.positions.defined()) {
    const std::int64_t all = as_size(step.members.size());
    const auto of_members = [&](const at::Tensor& values) {
      return selected_channels(values, way.positions, all);
    };
    weight = of_members(weight);
    state = {as_channels(selected(state.input.unflatten(1, {all, -1}), way.positions)),
             of_members(state.mean), of_members(state.inverse_deviation), state.epsilon};
  }
  return batch_norm_backward(as_channels(gradient), weight, state)
      .unflatten(1, {gradient.size(1), -1});
}

/// Separately for each member: one convolution with as many groups as members.
at::Tensor BatchPass::weight_gradient(std::size_t s, const BatchRoute::Step& way,
                                      const at::Tensor& gradient) const {
  const NetworkBatch::Step& step = steps_[s];
  const at::Tensor input = selected(states_[s].inputs.front(), way.positions);
  const std::int64_t members = gradient.size(1);
  if (step.layer.kind == LayerKind::linear) {
    const at::Tensor errors = gradient.to(at::kDouble).permute({1, 2, 0});
    const at::Tensor values = input.flatten(2).to(at::kDouble).transpose(0, 1);
    return at::bmm(errors, values).to(gradient.scalar_type());
  }
  Layer grouped = step.layer;
  grouped.groups *= static_cast<int>(members);
  const at::Tensor& weight = step.weights.weight;
  std::vector<std::int64_t> shape = weight.sizes().vec();
  shape.insert(shape.begin(), members);
  return convolution_weight_gradient(as_channels(gradient).contiguous(),
                                     as_channels(input).contiguous(),
                                     weight.unsqueeze(0).expand(shape).flatten(0, 1), grouped)
      .view(shape);
}

}  // namespace wrcor
