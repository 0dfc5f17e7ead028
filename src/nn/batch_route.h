#pragma once

#include <cstdint>
#include <vector>

#include "nn/index_pool.h"
#include "nn/member_sum.h"
#include "nn/network_batch.h"
#include "nn/schedule.h"

namespace wrcor {

/// By network and layer: what observers receive.
using BatchInterests = std::vector<std::vector<Interest>>;

/// The route of a backward sweep through the steps of a batch: at which members' outputs a gradient
/// arrives and is needed, and where it comes from. Gradients of several members form one tensor:
/// one tensor for each input of a step, and one for the gradients that the sweep starts with in a
/// step. Tensors are referred to by number.
class BatchRoute {
 public:
  struct Step {
    std::vector<NetworkBatch::Member> members;  ///< that are reached, in the order of the step
    at::Tensor positions;                       ///< among the step's members; undefined: all
    bool starts = false;                        ///< the sweep starts at some members
    at::Tensor start_positions;                 ///< among the step's members; undefined: all
    MemberSum gradient;                         ///< at the members' outputs
    std::vector<char> inputs;                   ///< by input: the gradient there is needed
    bool weights = false;                       ///< gradients of the weights are needed
    std::vector<std::size_t> last_read;         ///< tensors that no later step reads
  };

  /// @param from  by network: the layer at whose output the sweep starts, or -1
  /// @param pool  is uploaded before the route is used
  BatchRoute(const NetworkBatch& batch, const std::vector<int>& from,
             const BatchInterests& interests, IndexPool& pool);

  const Step& step(std::size_t s) const { return steps_[s]; }
  bool wanted() const { return wanted_; }

  std::size_t tensors() const { return steps_.size() * width_; }
  std::size_t at_input(std::size_t step, std::size_t input) const { return step * width_ + input; }
  std::size_t at_start(std::size_t step) const { return (step + 1) * width_ - 1; }
  /// Whether the gradient at the output of some step is computed from this one.
  bool is_read(std::size_t tensor) const { return read_[tensor] != 0; }

 private:
  struct Node {
    bool needs_inputs = false, needs_output = false, reached = false;
    std::int64_t position = 0;  ///< among the reached members of its step
  };

  Node& node(const NetworkBatch::Member& member) {
    return nodes_[static_cast<std::size_t>(member.network)][static_cast<std::size_t>(member.layer)];
  }
  void find_needs(int network, int from, const std::vector<Interest>& interests);
  void find_reached(int network, int from);
  void take_members(std::size_t s, const BatchInterests& interests, IndexPool& pool);
  void link(const std::vector<int>& from, IndexPool& pool);

  const NetworkBatch& batch_;
  std::size_t width_ = 1;  ///< most inputs of a step, and the start
  std::vector<Step> steps_;
  std::vector<std::vector<Node>> nodes_;           ///< by network and layer
  std::vector<std::vector<std::int64_t>> starts_;  ///< by step, positions
  std::vector<char> read_;                         ///< by tensor
  bool wanted_ = false;
};

}  // namespace wrcor
