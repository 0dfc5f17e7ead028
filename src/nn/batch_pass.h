#pragma once

#include <cstddef>
#include <functional>
#include <list>
#include <span>
#include <vector>

#include <ATen/ATen.h>

#include "nn/batch_norm.h"
#include "nn/batch_route.h"
#include "nn/network_batch.h"

namespace wrcor {

/// Receives tensors of several networks while a batch pass runs, as a PassObserver does for one.
/// Each call passes the tensors of all members of a step that the observer asked for.
class BatchPassObserver {
 public:
  using Interest = wrcor::Interest;
  using Member = NetworkBatch::Member;
  using Members = std::span<const Member>;

  virtual ~BatchPassObserver() = default;
  virtual Interest interest(const Member& member) const = 0;

  /// @param outputs  [N, members, ...], as the gradients
  virtual void output(Members /*members*/, const at::Tensor& /*outputs*/) {}
  /// @param variances  [members, C], biased
  virtual void variance(Members /*members*/, const at::Tensor& /*variances*/) {}
  virtual void input_gradient(Members /*members*/, const at::Tensor& /*gradients*/) {}
  virtual void output_gradient(Members /*members*/, const at::Tensor& /*gradients*/) {}
  /// @param gradients  [members, ...], the shape of the weight
  virtual void weight_gradient(Members /*members*/, const at::Tensor& /*gradients*/) {}

  /// Bytes of device memory needed to receive a tensor, and the part of them that stays in use.
  struct Footprint {
    std::int64_t work = 0;
    std::int64_t kept = 0;
  };
  /// @param bytes  of the tensor
  virtual Footprint footprint(Members /*members*/, std::int64_t /*bytes*/) const { return {}; }
};

/// A backward sweep over the tensors of a batch's forward pass.
struct BatchSweep {
  std::vector<int> from;  ///< by network: layer at whose output the sweep starts; -1: none
  std::vector<BatchPassObserver*> observers;
};

/// One forward pass of several networks over one minibatch, and the backward sweeps over it. It
/// does what Pass does for one network, with one kernel call for all layers that can run together.
///
/// A tensor of a step holds its members' feature maps side by side, [N, members, C, H, W]. Seen as
/// N * members images, it is the input of a convolution; seen as N images of members * C channels,
/// it is the input of a batch norm that keeps each network's statistics apart.
class BatchPass {
 public:
  /// The gradient at the outputs of those members of a step where a sweep starts, of the shape of
  /// the outputs. @param outputs  [N, members, ...]
  using StartGradient = std::function<at::Tensor(const at::Tensor& outputs)>;

  /// @param norms  minibatch or off
  /// All arguments outlive the pass.
  BatchPass(const NetworkBatch& batch, NormMode norms, std::vector<BatchPassObserver*> watching,
            std::vector<BatchSweep> sweeps);

  /// As Pass::rescale_blocks(), for some of the networks. @param chosen  by network
  void rescale_blocks(const std::vector<char>& chosen);
  /// [networks] float64: sums of the exponents, valid after forward().
  at::Tensor& exponents() { return exponents_; }

  /// @param images  [N, 3, H, W] of the weights' floating type and device
  void forward(const at::Tensor& images);

  bool wanted(std::size_t sweep) const { return routes_[sweep].wanted(); }

  /// Runs a sweep. @param last  frees every tensor after its last use
  void backward(std::size_t sweep, const StartGradient& start, bool last);

  /// The most bytes that forward() and then all sweeps hold at a time, of tensors of features.
  /// Computed without making a tensor.
  /// @param samples  of the minibatch
  /// @param number_bytes  size of a number
  std::int64_t peak_bytes(std::int64_t samples, std::int64_t number_bytes) const;

 private:
  friend class BatchRehearsal;

  /// The members of a step that an observer receives.
  struct Delivery {
    BatchPassObserver* observer = nullptr;
    std::vector<NetworkBatch::Member> members;
    at::Tensor positions;  ///< among those that there are; undefined: all
  };
  using Deliveries = std::list<Delivery>;  // elements do not move

  struct SweepDeliveries {
    std::vector<Deliveries> input_gradients, output_gradients, weight_gradients;  ///< by step
  };

  /// Which blocks of a step are rescaled.
  struct Rescaling {
    at::Tensor positions;  ///< among the members
    at::Tensor networks;
  };

  /// The tensors of a step that exist at the moment.
  struct State {
    at::Tensor output;               ///< [N, members, ...]
    std::vector<at::Tensor> inputs;  ///< of the same kind, by input
    BatchNormState norm;             ///< of members * C channels
    at::Tensor factors;              ///< of the outputs, [1, members, 1, 1, 1]; undefined: 1
  };

  /// What the sweeps read of a step.
  struct Keeps {
    bool output = false, inputs = false, statistics = false;
  };

  Deliveries deliveries_of(std::span<const NetworkBatch::Member> members,
                           const std::vector<BatchPassObserver*>& observers, bool Interest::*what,
                           IndexPool& pool) const;
  void plan_sweep(const BatchSweep& sweep, IndexPool& pool);
  at::Tensor run_step(std::size_t s, const at::Tensor& images);
  at::Tensor run_norm(std::size_t s, const at::Tensor& input);
  void rescale(std::size_t s);
  void show_outputs(std::size_t s);
  void release_after(std::size_t s);
  void step_back(std::size_t sweep, std::size_t s, std::vector<at::Tensor>& gradients);
  at::Tensor norm_gradient(std::size_t s, const BatchRoute::Step& way,
                           const at::Tensor& gradient) const;
  at::Tensor weight_gradient(std::size_t s, const BatchRoute::Step& way,
                             const at::Tensor& gradient) const;

  const NetworkBatch& batch_;
  const std::vector<NetworkBatch::Step>& steps_;
  NormMode norms_;
  std::vector<Deliveries> outputs_, variances_;  ///< by step
  std::vector<BatchRoute> routes_;               ///< by sweep
  std::vector<SweepDeliveries> of_sweeps_;       ///< by sweep
  std::vector<Keeps> keeps_;                     ///< by step
  std::vector<std::size_t> last_reader_;         ///< by step; 0: nothing reads the output
  std::vector<State> states_;                    ///< by step
  std::vector<Rescaling> rescalings_;            ///< by step
  at::Tensor exponents_;
};

}  // namespace wrcor
