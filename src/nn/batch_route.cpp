#include "nn/batch_route.h"

#include <algorithm>

#include "core/at_index.h"
#include "nn/operator.h"

namespace wrcor {
namespace {

using Member = NetworkBatch::Member;

bool passes_gradient(const Layer& layer) {
  return !layer.inputs.empty() && operator_of(layer.kind).passes_gradient();
}

}  // namespace

BatchRoute::BatchRoute(const NetworkBatch& batch, const std::vector<int>& from,
                       const BatchInterests& interests, IndexPool& pool)
    : batch_(batch), steps_(batch.steps().size()), starts_(batch.steps().size()) {
  for (const NetworkBatch::Step& step : batch.steps())
    width_ = std::max(width_, step.inputs.size() + 1);
  for (int a = 0; a < static_cast<int>(batch.size()); ++a) {
    nodes_.emplace_back(batch.plan(a).layers.size());
    if (from[at_index(a)] < 0) continue;
    find_needs(a, from[at_index(a)], interests[at_index(a)]);
    find_reached(a, from[at_index(a)]);
  }
  for (std::size_t s = 0; s < steps_.size(); ++s) take_members(s, interests, pool);
  link(from, pool);
}

/// As Schedule does for one network.
void BatchRoute::find_needs(int network, int from, const std::vector<Interest>& interests) {
  for (int i = 0; i <= from; ++i) {
    const Interest& interest = interests[at_index(i)];
    Node& mine = node({network, i});
    mine.needs_inputs = interest.input_gradient;
    for (const int input : batch_.layer({network, i}).inputs)
      mine.needs_inputs = mine.needs_inputs || node({network, input}).needs_output;
    mine.needs_output = mine.needs_inputs || interest.output_gradient || interest.weight_gradient;
  }
}

void BatchRoute::find_reached(int network, int from) {
  node({network, from}).reached = true;
  for (int i = from; i >= 0; --i) {
    Node& mine = node({network, i});
    mine.reached = mine.reached && mine.needs_output;
    const Layer& layer = batch_.layer({network, i});
    if (!mine.reached || !passes_gradient(layer)) continue;
    for (const int input : layer.inputs) node({network, input}).reached = true;
  }
  wanted_ = wanted_ || node({network, from}).reached;
}

void BatchRoute::take_members(std::size_t s, const BatchInterests& interests, IndexPool& pool) {
  const NetworkBatch::Step& step = batch_.steps()[s];
  Step& mine = steps_[s];
  mine.inputs.assign(step.inputs.size(), 0);
  std::vector<std::int64_t> positions;
  for (std::size_t k = 0; k < step.members.size(); ++k) {
    const Member& member = step.members[k];
    Node& here = node(member);
    if (!here.reached) continue;
    here.position = static_cast<std::int64_t>(positions.size());
    positions.push_back(static_cast<std::int64_t>(k));
    mine.members.push_back(member);
    const Interest& interest = interests[at_index(member.network)][at_index(member.layer)];
    mine.weights = mine.weights || interest.weight_gradient;
    if (!passes_gradient(step.layer)) continue;
    const std::vector<int>& inputs = batch_.layer(member).inputs;
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      const std::size_t tensor = step.inputs.size() == 1 ? 0 : i;  // the terms of a sum share one
      const bool is_shown = i == 0 && interest.input_gradient;
      if (is_shown || node({member.network, inputs[i]}).reached) mine.inputs[tensor] = 1;
    }
  }
  if (positions.size() < step.members.size()) pool.add(positions, mine.positions);
}

void BatchRoute::link(const std::vector<int>& from, IndexPool& pool) {
  for (int a = 0; a < static_cast<int>(batch_.size()); ++a) {
    const int start = from[at_index(a)];
    if (start < 0 || !node({a, start}).reached) continue;
    const NetworkBatch::Place& place = batch_.place({a, start});
    starts_[place.step].push_back(place.position);
  }
  // By network and layer: what adds to the gradient at the output, the last reader first.
  std::vector<MemberSum::Parts> parts;
  for (int a = 0; a < static_cast<int>(batch_.size()); ++a) {
    MemberSum::Parts& mine = parts.emplace_back(batch_.plan(a).layers.size());
    for (int i = from[at_index(a)]; i > 0; --i) {
      const Layer& layer = batch_.layer({a, i});
      if (!node({a, i}).reached || !passes_gradient(layer)) continue;
      const std::size_t s = batch_.place({a, i}).step;
      for (std::size_t k = 0; k < layer.inputs.size(); ++k) {
        const std::size_t tensor = batch_.steps()[s].inputs.size() == 1 ? 0 : k;
        if (node({a, layer.inputs[k]}).reached)
          mine[at_index(layer.inputs[k])].push_back({at_input(s, tensor), node({a, i}).position});
      }
    }
  }
  const auto members_of = [this](std::size_t tensor) {
    const std::size_t s = tensor / width_;
    return tensor == at_start(s) ? starts_[s].size() : steps_[s].members.size();
  };
  read_.assign(tensors(), 0);
  for (std::size_t s = 0; s < steps_.size(); ++s) {
    Step& mine = steps_[s];
    std::sort(starts_[s].begin(), starts_[s].end());
    mine.starts = !starts_[s].empty();
    const std::vector<Member>& all = batch_.steps()[s].members;
    if (mine.starts && starts_[s].size() < all.size()) pool.add(starts_[s], mine.start_positions);
    MemberSum::Parts of_members;
    for (const Member& member : mine.members) {
      auto& its = parts[at_index(member.network)][at_index(member.layer)];
      if (member.layer == from[at_index(member.network)]) {
        const auto found =
            std::lower_bound(starts_[s].begin(), starts_[s].end(), batch_.place(member).position);
        its = {{at_start(s), found - starts_[s].begin()}};
      }
      of_members.push_back(its);
    }
    if (of_members.empty()) continue;
    mine.gradient = MemberSum(of_members, members_of, pool);
    for (const std::size_t tensor : mine.gradient.sources()) {
      if (read_[tensor] == 0) mine.last_read.push_back(tensor);
      read_[tensor] = 1;
    }
  }
}

}  // namespace wrcor
