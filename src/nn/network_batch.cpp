#include "wrcor/nn/network_batch.h"

#include <algorithm>
#include <deque>
#include <map>
#include <stdexcept>
#include <string>
#include <tuple>

#include "index_pool.h"

namespace wrcor {
namespace {

std::size_t at_index(int number) { return static_cast<std::size_t>(number); }

/// What is equal for layers that are one step: kind, place, geometry and number of inputs; the
/// kernel of the convolution that a ReLU feeds or a batch norm normalises, which keeps blocks
/// together that need not be taken apart and put together again; the identity of the weights.
using Key =
    std::tuple<LayerKind, std::string, int, int, int, int, int, int, std::size_t, int, const void*>;

/// A layer of one of the networks and the steps around it, while they are found.
struct Node {
  std::size_t step = 0;
  std::int64_t position = 0;  ///< among the step's members
  bool live = false;
  std::int64_t live_position = 0;
};

/// Finds the steps of a batch: `network` and `layer` index all nodes.
class Merge {
 public:
  explicit Merge(const std::vector<const Network*>& networks) : networks_(networks) {
    for (const Network* network : networks_) nodes_.emplace_back(network->plan().layers.size());
  }

  /// Groups of layers, in an order in which every input is there before it is read.
  std::vector<std::vector<NetworkBatch::Member>> groups() {
    std::map<Key, std::size_t> group_of;
    std::vector<std::vector<NetworkBatch::Member>> found;
    for_each_layer([&](const NetworkBatch::Member& member) {
      const auto [entry, is_new] = group_of.emplace(key_of(member), found.size());
      if (is_new) found.emplace_back();
      found[entry->second].push_back(member);
      node(member).step = entry->second;
    });
    return in_order(found);
  }

  Node& node(const NetworkBatch::Member& member) {
    return nodes_[at_index(member.network)][at_index(member.layer)];
  }
  const NetworkPlan& plan(int network) const { return networks_[at_index(network)]->plan(); }
  const Layer& layer(const NetworkBatch::Member& member) const {
    return plan(member.network).layers[at_index(member.layer)];
  }

  /// Marks the layers whose outputs a gradient of the logits reaches.
  void find_live() {
    for (int a = 0; a < static_cast<int>(networks_.size()); ++a) {
      node({a, plan(a).logits()}).live = true;
      for (int i = plan(a).logits(); i > 0; --i) {
        if (!node({a, i}).live || layer({a, i}).kind == LayerKind::zero) continue;
        for (const int input : layer({a, i}).inputs) node({a, input}).live = true;
      }
    }
  }

 private:
  template <typename Visit>
  void for_each_layer(const Visit& visit) {
    for (int a = 0; a < static_cast<int>(networks_.size()); ++a) {
      for (int i = 0; i <= plan(a).logits(); ++i) visit(NetworkBatch::Member{a, i});
    }
  }

  /// Kernel of the convolution that makes a batch norm's input, or that a ReLU feeds.
  int block_kernel(const NetworkBatch::Member& member) const {
    const Layer& mine = layer(member);
    const std::vector<Layer>& layers = plan(member.network).layers;
    if (mine.kind == LayerKind::batch_norm) return layers[at_index(mine.inputs.front())].kernel;
    const auto next = at_index(member.layer) + 1;  // a block's layers follow each other
    const bool feeds = mine.kind == LayerKind::relu && next < layers.size() &&
                       layers[next].kind == LayerKind::convolution &&
                       layers[next].inputs.front() == member.layer;
    return feeds ? layers[next].kernel : 0;
  }

  Key key_of(const NetworkBatch::Member& member) const {
    const Layer& mine = layer(member);
    const at::Tensor& weight = networks_[at_index(member.network)]->weights(member.layer).weight;
    return {mine.kind,
            mine.name,
            mine.kernel,
            mine.stride,
            mine.padding,
            mine.out.channels,
            mine.out.height,
            mine.out.width,
            mine.inputs.size(),
            block_kernel(member),
            weight.defined() ? weight.unsafeGetTensorImpl() : nullptr};
  }

  /// Sorts groups topologically; writes their new numbers into the nodes.
  std::vector<std::vector<NetworkBatch::Member>> in_order(
      std::vector<std::vector<NetworkBatch::Member>>& groups) {
    std::vector<std::size_t> missing(groups.size(), 0);  // inputs of members not there yet
    std::vector<std::vector<std::size_t>> readers(groups.size());
    for_each_layer([&](const NetworkBatch::Member& member) {
      for (const int input : layer(member).inputs) {
        readers[node({member.network, input}).step].push_back(node(member).step);
        ++missing[node(member).step];
      }
    });
    std::deque<std::size_t> ready;
    for (std::size_t g = 0; g < groups.size(); ++g) {
      if (missing[g] == 0) ready.push_back(g);
    }
    std::vector<std::vector<NetworkBatch::Member>> sorted;
    for (; !ready.empty(); ready.pop_front()) {
      const std::size_t g = ready.front();
      for (const std::size_t reader : readers[g]) {
        if (--missing[reader] == 0) ready.push_back(reader);
      }
      for (std::size_t k = 0; k < groups[g].size(); ++k)
        node(groups[g][k]) = {sorted.size(), static_cast<std::int64_t>(k)};
      sorted.push_back(std::move(groups[g]));
    }
    if (sorted.size() < groups.size())
      throw std::logic_error("networks of a batch do the work of two places in different orders");
    return sorted;
  }

  const std::vector<const Network*>& networks_;
  std::vector<std::vector<Node>> nodes_;  ///< by network and layer
};

/// Positions there and here, by step.
using Links =
    std::map<std::size_t, std::pair<std::vector<std::int64_t>, std::vector<std::int64_t>>>;

bool counts_up_to(const std::vector<std::int64_t>& positions, std::size_t count) {
  if (positions.size() != count) return false;
  for (std::size_t i = 0; i < count; ++i) {
    if (positions[i] != static_cast<std::int64_t>(i)) return false;
  }
  return true;
}

}  // namespace

NetworkBatch::NetworkBatch(std::vector<const Network*> networks) : networks_(std::move(networks)) {
  Merge merge(networks_);
  auto groups = merge.groups();
  merge.find_live();
  steps_.resize(groups.size());
  live_positions_.resize(groups.size());
  for (std::size_t s = 0; s < groups.size(); ++s) {
    Step& step = steps_[s];
    step.members = std::move(groups[s]);
    step.layer = merge.layer(step.members.front());
    step.weights =
        networks_[at_index(step.members.front().network)]->weights(step.members.front().layer);
    for (const Member& member : step.members) {
      Node& node = merge.node(member);
      if (!node.live) continue;
      node.live_position = static_cast<std::int64_t>(live_positions_[s].size());
      live_positions_[s].push_back(node.position);
    }
  }

  IndexPool pool;
  const auto add_sources = [&](const Links& links, bool live, std::size_t here_count,
                               std::vector<Source>& sources) {
    sources.resize(links.size());
    std::size_t i = 0;
    for (const auto& [step, positions] : links) {
      Source& source = sources[i++];
      source.step = step;
      const std::size_t there_count =
          live ? live_positions_[step].size() : steps_[step].members.size();
      if (!counts_up_to(positions.first, there_count)) pool.add(positions.first, source.there);
      if (!counts_up_to(positions.second, here_count)) pool.add(positions.second, source.here);
    }
  };
  for (std::size_t s = 0; s < steps_.size(); ++s) {
    Step& step = steps_[s];
    step.live.count = live_positions_[s].size();
    if (step.live.count < step.members.size()) pool.add(live_positions_[s], step.live.positions);
    step.inputs.resize(step.layer.inputs.size());
    step.gradients.resize(step.layer.inputs.size());
    for (std::size_t k = 0; k < step.layer.inputs.size(); ++k) {
      Links all, live;
      for (const Member& member : step.members) {
        const Node& here = merge.node(member);
        const Node& there = merge.node({member.network, merge.layer(member).inputs[k]});
        all[there.step].first.push_back(there.position);
        all[there.step].second.push_back(here.position);
        if (!here.live || !there.live) continue;
        live[there.step].first.push_back(there.live_position);
        live[there.step].second.push_back(here.live_position);
      }
      add_sources(all, false, step.members.size(), step.inputs[k]);
      add_sources(live, true, step.live.count, step.gradients[k]);
    }
  }
  Links outputs;
  for (int a = 0; a < static_cast<int>(networks_.size()); ++a) {
    const Node& node = merge.node({a, merge.plan(a).logits()});
    outputs[node.step].first.push_back(node.position);
    outputs[node.step].second.push_back(a);
  }
  add_sources(outputs, false, networks_.size(), logits_);
  const int first_weights = networks_.front()->weight_layers().front();
  pool.upload(networks_.front()->weights(first_weights).weight.device());
}

}  // namespace wrcor
