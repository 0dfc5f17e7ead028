#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include <ATen/ATen.h>

#include "nn/batch_norm.h"
#include "nn/network.h"
#include "nn/operator.h"
#include "nn/schedule.h"

namespace wrcor {

/// Receives tensors while a pass runs, so that none must be kept. The pass never writes to a tensor
/// afterwards; the observer may keep it.
class PassObserver {
 public:
  using Interest = wrcor::Interest;

  virtual ~PassObserver() = default;
  virtual Interest interest(int layer) const = 0;

  virtual void output(int /*layer*/, const at::Tensor& /*output*/) {}
  /// @param variance  [C], biased
  virtual void variance(int /*layer*/, const at::Tensor& /*variance*/) {}
  // Not called for a gradient that is zero because nothing behind it reaches the sweep's start.
  virtual void input_gradient(int /*layer*/, const at::Tensor& /*gradient*/) {}
  virtual void output_gradient(int /*layer*/, const at::Tensor& /*gradient*/) {}
  virtual void weight_gradient(int /*layer*/, const at::Tensor& /*gradient*/) {}
};

/// A backward sweep over the tensors of a forward pass.
struct Sweep {
  int from = 0;  ///< layer at whose output the sweep's gradient is given
  std::vector<PassObserver*> observers;
};

/// One forward pass and the backward sweeps over it, as a schedule plans them.
///
/// The sweeps are written out instead of recorded by autograd: every gradient is computed once,
/// passed to the observers and dropped, and nothing is computed that no observer asks for.
class Pass {
 public:
  /// @param watching  observers of outputs
  /// @param sweeps  all that may be run; decides which tensors the forward pass keeps
  /// All arguments outlive the pass.
  Pass(const Network& network, NormMode norms, std::vector<PassObserver*> watching,
       std::vector<Sweep> sweeps, Activations activations = Activations::kept);

  /// Before forward(): multiplies the output of every block by the power of two that brings its
  /// largest magnitude near 1, so that values stay in range at any depth. Only for networks in
  /// which a factor at a block's output is a factor of everything that follows, such as those
  /// without batch norm. Logits and gradients are then those of the network times 2^-exponent().
  void rescale_blocks();
  /// Sum of the exponents, valid after forward(): one float64 on the device.
  const at::Tensor& exponent() const { return exponent_; }

  /// Calls this after every step of a layer, forward and backward, to measure them: with the layer,
  /// and the side that the step made. A layer that is fused does its work in its reader's step.
  void after_steps(std::function<void(int, Side)> visit) { after_step_ = std::move(visit); }

  /// Runs the network. Once.
  /// @param images  [N, 3, H, W] of the weights' floating type and device
  /// @return logits [N, classes]
  at::Tensor forward(const at::Tensor& images);

  /// Output of a layer that a sweep starts from, kept by forward().
  const at::Tensor& output(int layer) const;

  /// Whether an observer asked for a tensor that the sweep computes.
  bool wanted(std::size_t sweep) const { return schedule_.wanted(sweep); }

  /// Runs a sweep, any number of times.
  /// @param gradient  of the derived quantity at the output of the layer `from`
  /// @param last  frees every tensor after its last use; nothing can be run afterwards
  void backward(std::size_t sweep, const at::Tensor& gradient, bool last);

 private:
  /// The tensors of a layer that exist at the moment.
  struct LayerState {
    at::Tensor output;
    at::Tensor relu_mask;  ///< of the output, for a ReLU that is fused
    BatchNormState norm;
    ChannelScale scale;  ///< what the readers must still apply to the output
    bool rescale = false;
    at::Tensor block_factor;  ///< of the output; undefined: 1, or not known yet
  };

  /// A sum of gradients.
  struct Gradient {
    at::Tensor value;
    bool own = false;  ///< nobody else has the tensor
    void add(const at::Tensor& part);
  };

  bool is_fused(int layer) const;
  std::vector<at::Tensor> inputs_of(std::size_t i) const;
  at::Tensor weight_gradient_input(const Layer& layer) const;
  const at::Tensor& relu_mask_of(int layer);
  void load_segment(std::size_t number);
  at::Tensor run_layer(std::size_t i);
  at::Tensor rescaled(std::size_t i, at::Tensor output);
  void show(std::size_t i);
  void release_after(std::size_t i);
  void step_back(std::size_t sweep, std::size_t i, std::vector<Gradient>& gradients);

  const Network& network_;
  const NetworkPlan& plan_;
  NormMode norms_;
  std::vector<PassObserver*> watching_;
  std::vector<Sweep> sweeps_;
  Schedule schedule_;
  std::vector<LayerState> states_;     ///< by layer
  std::optional<std::size_t> loaded_;  ///< the segment that holds what sweeps need
  at::Tensor exponent_;
  std::function<void(int, Side)> after_step_;
};

/// The gradient at the logits of the mean softmax cross-entropy over a minibatch. Also for several
/// networks over the same minibatch.
/// @param logits  [N, ..., classes]
/// @param labels  [N, ...], as many dimensions as the logits have before the last
at::Tensor cross_entropy_gradient(const at::Tensor& logits, const at::Tensor& labels);

}  // namespace wrcor
