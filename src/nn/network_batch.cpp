#include "nn/network_batch.h"

#include <algorithm>
#include <map>
#include <stdexcept>
#include <string>
#include <tuple>

#include "core/at_index.h"
#include "index_pool.h"
#include "nn/operator.h"

namespace wrcor {
namespace {

/// The properties that the layers of one step share: kind, place, geometry and number of inputs;
/// the kernel of the convolution that a ReLU feeds or a batch norm normalises, so that a block is
/// not divided and joined again; the identity of the weights.
using Key = std::tuple<LayerKind, std::string, int, int, int, int, int, double, int, int, int,
                       std::size_t, int, const void*>;

/// Finds the steps of a batch and what they read.
class Merge {
 public:
  explicit Merge(const std::vector<const Network*>& networks) : networks_(networks) {
    for (const Network* network : networks_) nodes_.emplace_back(network->plan().layers.size());
    make_steps();
    find_live();
    for (Step& step : steps_) link(step);
    link_logits();
    const Network& first = *networks_.front();
    pool_.upload(first.weights(first.weight_layers().front()).weight.device());
  }

  std::vector<NetworkBatch::Step> take_steps() { return std::move(steps_); }
  std::vector<NetworkBatch::Source> take_logits() { return std::move(logits_); }

 private:
  using Member = NetworkBatch::Member;
  using Step = NetworkBatch::Step;
  using Source = NetworkBatch::Source;
  using Positions = std::vector<std::int64_t>;

  /// Where a layer of one of the networks is done.
  struct Node {
    std::size_t step = 0;
    std::int64_t position = 0;  ///< among the step's members
    bool live = false;
    std::int64_t live_position = 0;  ///< among the live ones
  };

  /// Positions there and here, by the step that is read.
  using Links = std::map<std::size_t, std::pair<Positions, Positions>>;

  Node& node(const Member& member) {
    return nodes_[at_index(member.network)][at_index(member.layer)];
  }
  const NetworkPlan& plan(int network) const { return networks_[at_index(network)]->plan(); }
  const Layer& layer(const Member& member) const {
    return plan(member.network).layers[at_index(member.layer)];
  }

  template <typename Visit>
  void for_each_layer(const Visit& visit) {
    for (int a = 0; a < static_cast<int>(networks_.size()); ++a) {
      for (int i = 0; i <= plan(a).logits(); ++i) visit(Member{a, i});
    }
  }

  /// Kernel of the convolution that makes a batch norm's input, or that a ReLU feeds.
  int block_kernel(const Member& member) const {
    const Layer& mine = layer(member);
    const std::vector<Layer>& layers = plan(member.network).layers;
    if (mine.kind == LayerKind::batch_norm) return layers[at_index(mine.inputs.front())].kernel;
    const auto next = at_index(member.layer) + 1;  // a block's layers follow each other
    const bool feeds = mine.kind == LayerKind::relu && next < layers.size() &&
                       layers[next].kind == LayerKind::convolution &&
                       layers[next].inputs.front() == member.layer;
    return feeds ? layers[next].kernel : 0;
  }

  Key key_of(const Member& member) const {
    const Layer& mine = layer(member);
    const at::Tensor& weight = networks_[at_index(member.network)]->weights(member.layer).weight;
    return {mine.kind,
            mine.name,
            mine.kernel,
            mine.stride,
            mine.padding,
            mine.groups,
            mine.first_channel,
            mine.epsilon,
            mine.out.channels,
            mine.out.height,
            mine.out.width,
            mine.inputs.size(),
            block_kernel(member),
            weight.defined() ? weight.unsafeGetTensorImpl() : nullptr};
  }

  /// Groups equal layers and puts the groups into an order in which every input is there before it
  /// is read.
  void make_steps() {
    std::map<Key, std::size_t> group_of;
    std::vector<std::vector<Member>> groups;
    for_each_layer([&](const Member& member) {
      const auto [entry, is_new] = group_of.emplace(key_of(member), groups.size());
      if (is_new) groups.emplace_back();
      groups[entry->second].push_back(member);
      node(member).step = entry->second;
    });
    for (const std::size_t group : order_of(groups.size())) {
      Step& step = steps_.emplace_back();
      step.members = std::move(groups[group]);
      const Member& first = step.members.front();
      step.layer = layer(first);
      step.weights = networks_[at_index(first.network)]->weights(first.layer);
    }
    for (std::size_t s = 0; s < steps_.size(); ++s) {
      for (std::size_t k = 0; k < steps_[s].members.size(); ++k)
        node(steps_[s].members[k]) = {s, static_cast<std::int64_t>(k)};
    }
  }

  /// Sorts the groups that the nodes are in topologically.
  std::vector<std::size_t> order_of(std::size_t groups) {
    std::vector<std::size_t> missing(groups, 0);  // inputs of members that are not there yet
    std::vector<std::vector<std::size_t>> readers(groups);
    for_each_layer([&](const Member& member) {
      for (const int input : layer(member).inputs) {
        readers[node({member.network, input}).step].push_back(node(member).step);
        ++missing[node(member).step];
      }
    });
    std::vector<std::size_t> order;
    for (std::size_t g = 0; g < groups; ++g) {
      if (missing[g] == 0) order.push_back(g);
    }
    for (std::size_t i = 0; i < order.size(); ++i) {
      for (const std::size_t reader : readers[order[i]]) {
        if (--missing[reader] == 0) order.push_back(reader);
      }
    }
    if (order.size() < groups)
      throw std::logic_error("networks of a batch do the work of two places in different orders");
    return order;
  }

  void find_live() {
    for (int a = 0; a < static_cast<int>(networks_.size()); ++a) {
      node({a, plan(a).logits()}).live = true;
      for (int i = plan(a).logits(); i > 0; --i) {
        if (!node({a, i}).live || i == 0 || !operator_of(layer({a, i}).kind).passes_gradient())
          continue;
        for (const int input : layer({a, i}).inputs) node({a, input}).live = true;
      }
    }
    for (Step& step : steps_) {
      Positions& live = step.live.members;
      for (const Member& member : step.members) {
        Node& here = node(member);
        if (!here.live) continue;
        here.live_position = static_cast<std::int64_t>(live.size());
        live.push_back(here.position);
      }
      if (live.size() < step.members.size()) pool_.add(live, step.live.positions);
    }
  }

  void link(Step& step) {
    step.inputs.resize(step.layer.inputs.size());
    step.gradients.resize(step.layer.inputs.size());
    for (std::size_t k = 0; k < step.layer.inputs.size(); ++k) {
      Links all, live;
      for (const Member& member : step.members) {
        const Node& here = node(member);
        const Node& there = node({member.network, layer(member).inputs[k]});
        add(all[there.step], there.position, here.position);
        if (here.live && there.live) add(live[there.step], there.live_position, here.live_position);
      }
      upload(
          all, step.members.size(), [&](std::size_t s) { return steps_[s].members.size(); },
          step.inputs[k]);
      upload(
          live, step.live.members.size(),
          [&](std::size_t s) { return steps_[s].live.members.size(); }, step.gradients[k]);
    }
  }

  void link_logits() {
    Links outputs;
    for (int a = 0; a < static_cast<int>(networks_.size()); ++a) {
      const Node& there = node({a, plan(a).logits()});
      add(outputs[there.step], there.position, a);
    }
    upload(
        outputs, networks_.size(), [&](std::size_t s) { return steps_[s].members.size(); },
        logits_);
  }

  static void add(std::pair<Positions, Positions>& link, std::int64_t there, std::int64_t here) {
    link.first.push_back(there);
    link.second.push_back(here);
  }

  /// @param there  number of positions in a step that is read
  template <typename There>
  void upload(const Links& links, std::size_t here, const There& there,
              std::vector<Source>& sources) {
    sources.resize(links.size());
    auto source = sources.begin();
    for (const auto& [step, positions] : links) {
      source->step = step;
      if (!is_all(positions.first, there(step))) pool_.add(positions.first, source->there);
      if (!is_all(positions.second, here)) pool_.add(positions.second, source->here);
      ++source;
    }
  }

  /// Whether the positions are 0, 1, ... to the last one.
  static bool is_all(const Positions& positions, std::size_t count) {
    if (positions.size() != count) return false;
    for (std::size_t i = 0; i < count; ++i) {
      if (positions[i] != static_cast<std::int64_t>(i)) return false;
    }
    return true;
  }

  const std::vector<const Network*>& networks_;
  std::vector<std::vector<Node>> nodes_;  ///< by network and layer
  std::vector<Step> steps_;
  std::vector<Source> logits_;
  IndexPool pool_;
};

}  // namespace

NetworkBatch::NetworkBatch(std::vector<const Network*> networks) : networks_(std::move(networks)) {
  Merge merge(networks_);
  steps_ = merge.take_steps();
  logits_ = merge.take_logits();
}

}  // namespace wrcor
