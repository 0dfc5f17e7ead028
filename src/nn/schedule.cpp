#include "nn/schedule.h"
#include "core/at_index.h"

#include <algorithm>
#include <set>

namespace wrcor {
namespace {

bool is_relu(const NetworkPlan& plan, int layer) {
  return plan.layers[at_index(layer)].kind == LayerKind::relu;
}

/// The output of a block may be multiplied by a factor, see Pass::rescale_blocks().
bool is_block(const NetworkPlan& plan, int layer) {
  return std::ranges::find(plan.blocks, layer) != plan.blocks.end();
}

}  // namespace

Interest& Interest::operator|=(const Interest& other) {
  output = output || other.output;
  variance = variance || other.variance;
  input_gradient = input_gradient || other.input_gradient;
  output_gradient = output_gradient || other.output_gradient;
  weight_gradient = weight_gradient || other.weight_gradient;
  return *this;
}

int weight_gradient_source(const NetworkPlan& plan, const Layer& layer) {
  const int input = layer.inputs.front();
  return is_relu(plan, input) && !is_block(plan, input)
             ? plan.layers[at_index(input)].inputs.front()
             : input;
}

std::vector<int> last_readers(const NetworkPlan& plan) {
  std::vector<int> last(plan.layers.size(), -1);
  for (std::size_t i = 0; i < plan.layers.size(); ++i) {
    for (const int input : plan.layers[i].inputs) last[at_index(input)] = static_cast<int>(i);
  }
  return last;
}

Schedule::Schedule(const NetworkPlan& plan, std::span<const LayerAbilities> abilities,
                   std::span<const Interest> watched, std::span<const SweepRequest> sweeps,
                   Activations activations)
    : plan_(plan), layers_(plan.layers.size()) {
  divide(activations);
  find_last_readers();
  find_fusions(abilities, watched, sweeps);
  for (const SweepRequest& request : sweeps) {
    sweeps_.push_back(reach_of(request));
    keep_for(sweeps_.back(), abilities);
  }
  find_deferred(abilities, watched);
}

/// Divides the layers into one segment that the forward pass keeps, or into blocks that it does not
/// keep.
void Schedule::divide(Activations activations) {
  const std::size_t layers = layers_.size();
  if (activations == Activations::kept) {
    segments_ = {{0, layers}};
    kept_segment_ = 0;
    return;
  }
  std::set<std::size_t> ends{layers};
  for (const int block : plan_.blocks) ends.insert(at_index(block) + 1);
  std::size_t begin = 0;
  for (const std::size_t end : ends) {
    for (std::size_t i = begin; i < end; ++i) layers_[i].segment = segments_.size();
    segments_.push_back({begin, end});
    begin = end;
  }
  layers_[0].checkpoint = true;
  for (std::size_t i = 0; i < layers; ++i) {
    for (const int input : plan_.layers[i].inputs) {
      LayerPlan& read = layers_[at_index(input)];
      if (read.segment != layers_[i].segment) read.checkpoint = true;
    }
  }
}

void Schedule::find_last_readers() {
  const std::vector<int> last = last_readers(plan_);
  for (std::size_t i = 0; i < layers_.size(); ++i) layers_[i].last_reader = last[i];
}

/// A ReLU is fused where its only reader can compute it, no observer receives a tensor between the
/// two, and nothing changes the ReLU's output.
void Schedule::find_fusions(std::span<const LayerAbilities> abilities,
                            std::span<const Interest> watched,
                            std::span<const SweepRequest> sweeps) {
  std::vector<Interest> any(watched.begin(), watched.end());
  std::vector<char> starts_sweep(layers_.size(), 0);
  for (const SweepRequest& sweep : sweeps) {
    starts_sweep[at_index(sweep.from)] = 1;
    for (std::size_t i = 0; i < any.size(); ++i) any[i] |= sweep.interests[i];
  }
  std::vector<int> readers(layers_.size(), 0);
  for (const Layer& layer : plan_.layers) {
    for (const int input : layer.inputs) ++readers[at_index(input)];
  }
  for (std::size_t j = 0; j < layers_.size(); ++j) {
    if (!abilities[j].fuses_relu) continue;
    const int input = plan_.layers[j].inputs.front();
    const std::size_t i = at_index(input);
    if (!is_relu(plan_, input) || readers[i] > 1 || starts_sweep[i] != 0) continue;
    if (is_block(plan_, input)) continue;
    layers_[i].fused = !any[i].output && !any[i].output_gradient && !any[j].input_gradient;
  }
}

Schedule::Sweep Schedule::reach_of(const SweepRequest& request) const {
  Sweep sweep{request.from, std::vector<Gradients>(layers_.size())};
  for (std::size_t i = 0; i <= at_index(request.from); ++i) {
    const Interest& interest = request.interests[i];
    Gradients& mine = sweep.gradients[i];
    mine.weight = interest.weight_gradient;
    mine.inputs = mine.shown = interest.input_gradient;
    for (const int input : plan_.layers[i].inputs)
      mine.inputs = mine.inputs || sweep.gradients[at_index(input)].output;
    mine.output = mine.inputs || interest.output_gradient || interest.weight_gradient;
  }
  sweep.wanted = sweep.gradients[at_index(request.from)].output;
  return sweep;
}

void Schedule::keep_for(const Sweep& sweep, std::span<const LayerAbilities> abilities) {
  for (std::size_t i = 0; i <= at_index(sweep.from); ++i) {
    const Layer& layer = plan_.layers[i];
    const Gradients& needed = sweep.gradients[i];
    if (needed.weight) keep(weight_gradient_source(plan_, layer), &LayerPlan::keep_output, i);
    if (!needed.inputs || layer.inputs.empty() || layers_[i].fused) continue;
    const int first = layer.inputs.front();
    const Reads& reads = abilities[i].reads;
    if (layer.kind == LayerKind::relu) {
      keep(first, &LayerPlan::keep_output, i);  // it serves as the output, and others read it, too
    } else if (reads.output) {
      layers_[i].keep_output = true;
    }
    if (reads.inputs) {
      for (const int input : layer.inputs) keep(input, &LayerPlan::keep_output, i);
    }
    if (reads.statistics) layers_[i].keep_statistics = true;
    if (layers_[at_index(first)].fused)
      keep(plan_.layers[at_index(first)].inputs.front(), &LayerPlan::keep_relu_mask, i);
  }
  LayerPlan& start = layers_[at_index(sweep.from)];
  start.keep_output = start.checkpoint = true;
}

/// For the backward step of the layer `reader`.
void Schedule::keep(int layer, bool LayerPlan::*what, std::size_t reader) {
  LayerPlan& kept = layers_[at_index(layer)];
  kept.*what = true;
  if (kept.segment != layers_[reader].segment) kept.checkpoint = true;
}

void Schedule::find_deferred(std::span<const LayerAbilities> abilities,
                             std::span<const Interest> watched) {
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    LayerPlan& mine = layers_[i];
    mine.deferred = abilities[i].defers_scale && mine.last_reader >= 0 && !watched[i].output &&
                    !mine.keep_output && !mine.checkpoint;
  }
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    if (abilities[i].applies_scales) continue;
    for (const int input : plan_.layers[i].inputs) layers_[at_index(input)].deferred = false;
  }
}

bool Schedule::keeps_output(std::size_t layer, std::optional<std::size_t> loaded) const {
  const LayerPlan& mine = layers_[layer];
  return mine.checkpoint || (mine.keep_output && loaded == mine.segment);
}

bool Schedule::keeps_relu_mask(std::size_t layer, std::optional<std::size_t> loaded) const {
  return layers_[layer].keep_relu_mask && loaded == layers_[layer].segment;
}

bool Schedule::keeps_statistics(std::size_t layer, std::optional<std::size_t> loaded) const {
  return layers_[layer].keep_statistics && loaded == layers_[layer].segment;
}

}  // namespace wrcor
