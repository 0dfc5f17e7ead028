#include "nn/network_batch.h"

#include <algorithm>
#include <map>
#include <stdexcept>
#include <string_view>
#include <tuple>

#include "core/at_index.h"
#include "nn/operator.h"

namespace wrcor {
namespace {

using Member = NetworkBatch::Member;

/// Identifies the weights of a layer by a number, in the order of the networks: an order by
/// addresses would change bits from one run to the next. 0: none.
using Weights = std::size_t;
/// What layers that run together have in common besides weights.
using Geometry = std::vector<double>;

/// The depth of every layer. Layers of one name, geometry and weights have the same depth, so that
/// they run together although the networks around them differ.
class Depths {
 public:
  explicit Depths(const std::vector<const Network*>& networks) : networks_(networks) {
    std::map<std::tuple<std::string_view, Geometry, Weights>, std::size_t> group_of;
    for (const Network* network : networks) {
      auto& mine = groups_.emplace_back();
      auto& geometries = geometries_.emplace_back();
      auto& weights = weights_.emplace_back();
      for (const Layer& layer : network->plan().layers) {
        const auto number = static_cast<int>(mine.size());
        geometries.push_back(geometry_of(network->plan(), layer));
        weights.push_back(number_of(network->weights(number).weight));
        const auto entry = group_of.emplace(
            std::tuple{std::string_view(layer.name), geometries.back(), weights.back()},
            group_of.size());
        mine.push_back(entry.first->second);
      }
    }
    find_depths(group_of.size());
  }

  std::size_t depth(const Member& member) const {
    return depths_[groups_[at_index(member.network)][at_index(member.layer)]];
  }
  const Geometry& geometry(const Member& member) const {
    return geometries_[at_index(member.network)][at_index(member.layer)];
  }
  Weights weights(const Member& member) const {
    return weights_[at_index(member.network)][at_index(member.layer)];
  }

 private:
  Weights number_of(const at::Tensor& weight) {
    if (!weight.defined()) return 0;
    return numbers_.emplace(weight.unsafeGetTensorImpl(), numbers_.size() + 1).first->second;
  }

  static Geometry geometry_of(const NetworkPlan& plan, const Layer& layer) {
    Geometry all{static_cast<double>(layer.kind),
                 static_cast<double>(layer.kernel),
                 static_cast<double>(layer.stride),
                 static_cast<double>(layer.padding),
                 static_cast<double>(layer.groups),
                 static_cast<double>(layer.first_channel),
                 layer.epsilon};
    const auto add = [&](const FeatureShape& shape) {
      for (const int size : {shape.channels, shape.height, shape.width}) all.push_back(size);
    };
    add(layer.out);
    if (layer.kind == LayerKind::sum) return all;  // of any number of terms
    for (const int input : layer.inputs) add(plan.layers[at_index(input)].out);
    return all;
  }

  /// The longest path to each group, in topological order.
  void find_depths(std::size_t groups) {
    std::vector<std::size_t> missing(groups, 0);
    std::vector<std::vector<std::size_t>> readers(groups);
    for (std::size_t a = 0; a < networks_.size(); ++a) {
      const std::vector<Layer>& layers = networks_[a]->plan().layers;
      for (std::size_t i = 0; i < layers.size(); ++i) {
        for (const int input : layers[i].inputs) {
          readers[groups_[a][at_index(input)]].push_back(groups_[a][i]);
          ++missing[groups_[a][i]];
        }
      }
    }
    depths_.assign(groups, 0);
    std::vector<std::size_t> order;
    for (std::size_t g = 0; g < groups; ++g) {
      if (missing[g] == 0) order.push_back(g);
    }
    for (std::size_t k = 0; k < order.size(); ++k) {
      for (const std::size_t reader : readers[order[k]]) {
        depths_[reader] = std::max(depths_[reader], depths_[order[k]] + 1);
        if (--missing[reader] == 0) order.push_back(reader);
      }
    }
    if (order.size() < groups)
      throw std::logic_error("networks of a batch do the work of two places in different orders");
  }

  const std::vector<const Network*>& networks_;
  std::vector<std::vector<std::size_t>> groups_;   ///< by network and layer
  std::vector<std::vector<Geometry>> geometries_;  ///< by network and layer
  std::vector<std::vector<Weights>> weights_;      ///< by network and layer
  std::vector<std::size_t> depths_;                ///< by group
  std::map<const void*, Weights> numbers_;
};

/// By member: what its input is made of. The terms of a sum are one input.
MemberSum::Parts parts_of(const NetworkBatch& batch, const NetworkBatch::Step& step,
                          std::size_t input) {
  MemberSum::Parts all;
  const auto part = [&](const Member& member, int layer) -> MemberSum::Part {
    const NetworkBatch::Place& place = batch.place({member.network, layer});
    return {place.step, place.position};
  };
  for (const Member& member : step.members) {
    auto& mine = all.emplace_back();
    const std::vector<int>& inputs = batch.layer(member).inputs;
    if (step.layer.kind == LayerKind::sum) {
      for (const int term : inputs) mine.push_back(part(member, term));
    } else {
      mine.push_back(part(member, inputs[input]));
    }
  }
  return all;
}

}  // namespace

NetworkBatch::NetworkBatch(std::vector<const Network*> networks) : networks_(std::move(networks)) {
  make_steps();
  IndexPool pool;
  for (Step& step : steps_) {
    const bool is_sum = step.layer.kind == LayerKind::sum;
    for (std::size_t k = 0; k < (is_sum ? 1 : step.layer.inputs.size()); ++k) {
      step.inputs.emplace_back(
          parts_of(*this, step, k), [this](std::size_t s) { return steps_[s].members.size(); },
          pool);
    }
    add_weights(step);
  }
  pool.upload(device());
}

at::Device NetworkBatch::device() const {
  const Network& first = *networks_.front();
  return first.weights(first.weight_layers().front()).weight.device();
}

void NetworkBatch::make_steps() {
  const Depths depths(networks_);
  std::map<std::tuple<std::size_t, Geometry, Weights>, std::vector<Member>> together;
  for (int a = 0; a < static_cast<int>(networks_.size()); ++a) {
    places_.emplace_back(plan(a).layers.size());
    for (int i = 0; i <= plan(a).logits(); ++i) {
      const Member member{a, i};
      const bool has_own = layer(member).kind == LayerKind::batch_norm;
      const Weights weights = has_own ? 0 : depths.weights(member);
      together[{depths.depth(member), depths.geometry(member), weights}].push_back(member);
    }
  }
  for (auto& [key, members] : together) {  // in the order of their depth
    // Members whose inputs lie side by side are side by side.
    const auto source = [this](const Member& member) {
      const std::vector<int>& inputs = layer(member).inputs;
      const Place from = inputs.empty() ? Place{} : place({member.network, inputs.front()});
      return std::tuple(from.step, from.position, member.network, member.layer);
    };
    std::sort(members.begin(), members.end(),
              [&](const Member& a, const Member& b) { return source(a) < source(b); });
    for (std::size_t k = 0; k < members.size(); ++k) {
      places_[at_index(members[k].network)][at_index(members[k].layer)] = {
          steps_.size(), static_cast<std::int64_t>(k)};
    }
    Step& step = steps_.emplace_back();
    step.layer = layer(members.front());
    step.members = std::move(members);
  }
}

void NetworkBatch::add_weights(Step& step) const {
  const auto weights_of = [this](const Member& member) -> const Network::LayerWeights& {
    return networks_[at_index(member.network)]->weights(member.layer);
  };
  step.weights = weights_of(step.members.front());
  if (step.layer.kind != LayerKind::batch_norm) return;
  std::vector<at::Tensor> weight, bias;
  for (const Member& member : step.members) {
    weight.push_back(weights_of(member).weight);
    bias.push_back(weights_of(member).bias);
  }
  step.weights = {at::cat(weight), at::cat(bias)};
}

}  // namespace wrcor
