#pragma once

#include <span>
#include <vector>

#include "nn/pass.h"
#include "wrcor/space/network_plan.h"

namespace wrcor {

/// Receives the tensors that taps name.
class TapObserver : public PassObserver {
 public:
  TapObserver(const NetworkPlan& plan, std::span<const Tap> taps);
  Interest interest(int layer) const final;
  void output(int layer, const at::Tensor& output) final;
  void input_gradient(int layer, const at::Tensor& gradient) final;

 protected:
  /// @param response  [N, C, H, W] activation, or gradient of the loss at it
  /// @param taps  all taps of this side for the tensor, at least one
  virtual void record(const at::Tensor& response, std::span<const Tap> taps) = 0;

 private:
  std::vector<std::vector<Tap>> activations_;  ///< by layer
  std::vector<std::vector<Tap>> gradients_;    ///< by layer
};

}  // namespace wrcor
