#pragma once

#include <cstdint>
#include <vector>

#include <ATen/ATen.h>

#include "nn/member_sum.h"
#include "nn/network.h"

namespace wrcor {

/// Several networks as one: layers that can run together are one step. These are layers with the
/// same weights, which networks of one weight bank that differ only in genotype share for the most
/// part, and layers without weights, or batch norms, that have the same geometry and depth.
class NetworkBatch {
 public:
  /// A layer of one of the networks.
  struct Member {
    int network = 0;
    int layer = 0;
    bool operator==(const Member&) const = default;
  };

  /// Where a layer of a network is computed.
  struct Place {
    std::size_t step = 0;
    std::int64_t position = 0;  ///< among the step's members
  };

  struct Step {
    /// The layer of every member, except for its name and its inputs.
    Layer layer;
    /// The weights of every member; of a batch norm, those of all members side by side, [members *
    /// C].
    Network::LayerWeights weights;
    std::vector<Member> members;
    std::vector<MemberSum> inputs;  ///< by input; a sum has one, which is its output
  };

  /// @param networks  at least one, of one device; outlive the batch
  explicit NetworkBatch(std::vector<const Network*> networks);

  std::size_t size() const { return networks_.size(); }
  at::Device device() const;
  const NetworkPlan& plan(int network) const {
    return networks_[static_cast<std::size_t>(network)]->plan();
  }
  const Layer& layer(const Member& member) const {
    return plan(member.network).layers[static_cast<std::size_t>(member.layer)];
  }
  /// In order of execution; the first ones are the inputs.
  const std::vector<Step>& steps() const { return steps_; }
  const Place& place(const Member& member) const {
    return places_[static_cast<std::size_t>(member.network)]
                  [static_cast<std::size_t>(member.layer)];
  }

 private:
  void make_steps();
  void add_weights(Step& step) const;

  std::vector<const Network*> networks_;
  std::vector<Step> steps_;
  std::vector<std::vector<Place>> places_;  ///< by network and layer
};

}  // namespace wrcor
