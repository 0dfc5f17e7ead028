#pragma once

#include <span>
#include <vector>

#include <ATen/ATen.h>

#include "wrcor/nn/batch_norm.h"
#include "wrcor/nn/response.h"
#include "wrcor/nn/weights.h"
#include "wrcor/space/network_plan.h"

namespace wrcor {

/// A network ready to run: its plan and the tensors of every layer. The tensors belong to the
/// weight source and are never written to.
class Network {
 public:
  /// Parameters of one layer, undefined where the layer has none.
  struct LayerWeights {
    at::Tensor weight;
    at::Tensor bias;
  };

  /// Takes every tensor from `weights`, which need not outlive the network.
  Network(NetworkPlan plan, const WeightSource& weights);

  const NetworkPlan& plan() const { return plan_; }
  const LayerWeights& weights(int layer) const { return weights_[static_cast<std::size_t>(layer)]; }

 private:
  NetworkPlan plan_;
  std::vector<LayerWeights> weights_;
};

/// Receives the responses of a network while a pass runs, so that none has to be kept. A gradient
/// that is zero because nothing behind it reaches the loss is not recorded: it is constant, and
/// adds nothing to any score.
class ResponseRecorder {
 public:
  virtual ~ResponseRecorder() = default;
  /// @param response  [N, C, H, W] activation, or gradient of the loss at it; valid during the call
  /// only
  /// @param taps  all taps of this side that look at the tensor, at least one
  virtual void record(const at::Tensor& response, std::span<const Tap> taps) = 0;
};

struct PassResult {
  at::Tensor logits;  ///< [N, classes]
  double loss = 0;    ///< mean softmax cross-entropy, natural logarithm; 0 without a backward pass
};

/// Runs the network on one minibatch in training mode (batch norm uses the minibatch's own
/// statistics), and if any tap asks for gradients, the backward pass down to the earliest of them.
/// Gradients of weights are not computed.
///
/// The backward pass is written out instead of recorded by autograd: every gradient passes by once,
/// is shown to the recorder and dropped, and each tensor is freed after its last use.
///
/// @param images  [N, 3, H, W] float32
/// @param labels  [N] int64 in [0, classes)
/// @param taps  what the recorder is shown
PassResult run_pass(const Network& network, const at::Tensor& images, const at::Tensor& labels,
                    std::span<const Tap> taps, ResponseRecorder& recorder);

}  // namespace wrcor
