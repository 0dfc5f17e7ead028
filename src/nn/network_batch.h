#pragma once

#include <cstdint>
#include <vector>

#include <ATen/ATen.h>

#include "nn/network.h"

namespace wrcor {

/// Several networks as one: layers of different networks that do the same work with the same
/// weights are one step. Networks that share a weight bank and differ in genotype only share most
/// of theirs.
class NetworkBatch {
 public:
  /// A layer of one of the networks.
  struct Member {
    int network = 0;
    int layer = 0;
  };

  /// Part of a step's input: members of an earlier step, as positions among the members there and
  /// here, [n] int64 on the networks' device. Undefined: all of them, in order.
  struct Source {
    std::size_t step = 0;
    at::Tensor there;
    at::Tensor here;
  };

  /// The members whose outputs a gradient of the logits reaches.
  struct Live {
    std::vector<std::int64_t> members;  ///< their positions
    at::Tensor positions;               ///< the same on the device; undefined: all of them
  };

  struct Step {
    /// Of every member, but for its inputs.
    Layer layer;
    Network::LayerWeights weights;
    std::vector<Member> members;
    std::vector<std::vector<Source>> inputs;  ///< by input of the layer
    Live live;
    /// The same as `inputs` for the live members, positions counted among them.
    std::vector<std::vector<Source>> gradients;
  };

  /// @param networks  at least one, of one device; outlive the batch
  explicit NetworkBatch(std::vector<const Network*> networks);

  std::size_t size() const { return networks_.size(); }
  const Network& network(std::size_t i) const { return *networks_[i]; }
  /// In order of execution; the first ones are the inputs.
  const std::vector<Step>& steps() const { return steps_; }
  /// The steps that give the logits; `here` counts networks.
  const std::vector<Source>& logits() const { return logits_; }

 private:
  std::vector<const Network*> networks_;
  std::vector<Step> steps_;
  std::vector<Source> logits_;
};

}  // namespace wrcor
