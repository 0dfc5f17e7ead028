#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "wrcor/nn/counting.h"
#include "wrcor/nn/pass.h"
#include "wrcor/space/network_plan.h"

namespace wrcor {

enum class Side { activation, gradient };
std::string_view to_string(Side side);

/// An instruction to look at one tensor of a network.
struct Tap {
  /// Activation: the output of this layer. Gradient: the gradient at this layer's input.
  int layer = 0;
  Side side = Side::activation;
  int unit = 0;          ///< top-level element that the response belongs to
  int multiplicity = 1;  ///< how many times the response counts
};

/// The responses of a network under a counting policy. Activations of blocks that read one tensor
/// are one tap with their joint multiplicity.
std::vector<Tap> response_taps(const NetworkPlan& plan, Counting counting);

/// Sees the tensors that taps look at.
class TapObserver : public PassObserver {
 public:
  TapObserver(const NetworkPlan& plan, std::span<const Tap> taps);
  Interest interest(int layer) const final;
  void output(int layer, const at::Tensor& output) final;
  void input_gradient(int layer, const at::Tensor& gradient) final;

 protected:
  /// @param response  [N, C, H, W] activation, or gradient of the loss at it
  /// @param taps  all taps of this side that look at the tensor, at least one
  virtual void record(const at::Tensor& response, std::span<const Tap> taps) = 0;

 private:
  std::vector<std::vector<Tap>> activations_;  ///< by layer
  std::vector<std::vector<Tap>> gradients_;    ///< by layer
};

}  // namespace wrcor
