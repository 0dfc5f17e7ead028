#pragma once

#include <cstddef>
#include <vector>

#include <ATen/ATen.h>

#include "nn/batch_norm.h"
#include "nn/network_batch.h"

namespace wrcor {

/// Receives tensors of a step's members while a batch pass runs; it does not write to them.
class BatchPassObserver {
 public:
  virtual ~BatchPassObserver() = default;
  virtual bool wants_output(std::size_t step) const = 0;
  virtual bool wants_input_gradient(std::size_t step) const = 0;
  /// @param outputs  [N, members, ...]
  virtual void output(std::size_t step, const at::Tensor& outputs) = 0;
  /// Gradients at the inputs, through this step alone.
  /// @param gradients  [N, live members, ...]
  virtual void input_gradient(std::size_t step, const at::Tensor& gradients) = 0;
};

/// One forward pass of several networks over one minibatch, with the minibatch's batch-norm
/// statistics, and one backward sweep: what Pass does for one network, with one call of a kernel
/// for all networks that have a layer.
///
/// A tensor of a step holds its members' feature maps side by side, [N, members, C, H, W]: seen as
/// N * members images it is the input of a convolution, seen as N images of members * C channels
/// that of a batch norm which keeps each network's statistics apart.
class BatchPass {
 public:
  /// @param batch, observer  outlive the pass
  BatchPass(const NetworkBatch& batch, BatchPassObserver& observer);

  /// @param images  [N, 3, H, W] float32 on the networks' device
  /// @return logits [N, networks, classes]
  at::Tensor forward(const at::Tensor& images);

  /// Once, after forward().
  /// @param gradient  at the logits, [N, networks, classes]
  void backward(const at::Tensor& gradient);

 private:
  /// The gradient at the outputs of a step's live members.
  struct Gradient {
    at::Tensor values;   ///< [N, live members, ...]
    bool owned = false;  ///< nobody else holds the tensor
  };

  void find_needs();
  at::Tensor gathered(const std::vector<NetworkBatch::Source>& sources, std::size_t members) const;
  at::Tensor summed(const NetworkBatch::Step& step) const;
  at::Tensor run_step(std::size_t s);
  at::Tensor run_norm(std::size_t s, const at::Tensor& input);
  void release_after(std::size_t s);
  void step_back(std::size_t s);
  at::Tensor norm_gradient(std::size_t s, const at::Tensor& gradient) const;
  bool needs_gradient_at(std::size_t s, std::size_t input) const;
  void hand_on(std::size_t s, std::size_t input, const at::Tensor& gradient);
  at::Tensor live_members(std::size_t s, const at::Tensor& values) const;
  void accumulate(std::size_t s, const at::Tensor& positions, const at::Tensor& part);

  const NetworkBatch& batch_;
  const std::vector<NetworkBatch::Step>& steps_;
  BatchPassObserver& observer_;
  std::int64_t samples_ = 0;
  std::vector<char> needs_gradient_;      ///< by step: at its input
  std::vector<std::size_t> last_reader_;  ///< by step
  std::vector<at::Tensor> outputs_;       ///< by step, [N * members, ...]
  /// By step and input, [N * members, ...]: those that the backward sweep reads.
  std::vector<std::vector<at::Tensor>> kept_inputs_;
  std::vector<BatchNormState> norm_states_;
  std::vector<Gradient> gradients_;
};

/// Bytes of device memory that a network of a batch takes at most, roughly: the tensors that wait
/// for the backward sweep, and the largest ones in work.
/// @param samples  of the minibatch
std::int64_t batch_pass_bytes(const NetworkPlan& plan, std::int64_t samples);

}  // namespace wrcor
