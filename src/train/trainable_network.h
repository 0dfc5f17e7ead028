#pragma once

#include <ATen/ATen.h>

#include <map>
#include <span>
#include <string>
#include <vector>

#include "nn/network.h"
#include "nn/weights.h"

namespace wrcor {

/// A network that can be trained: parameters that autograd tracks, and running statistics of its
/// batch norms (momentum 0.1, as in the published NAS-Bench-201 code).
class TrainableNetwork {
 public:
  enum class Mode {
    training,   ///< batch norms use the statistics of the batch and update the running ones
    evaluation  ///< batch norms use the running statistics
  };

  /// @param weights  are copied; statistics start with mean 0 and variance 1
  TrainableNetwork(NetworkPlan plan, const WeightSource& weights, at::Device device);

  /// @param images  [N, 3, H, W] on the network's device
  /// @return [N, classes]
  at::Tensor logits(const at::Tensor& images, Mode mode);

  /// Leaves that require gradients, in the order of the plan.
  const std::vector<at::Tensor>& parameters() const { return parameters_; }
  /// Their names in the state dict.
  const std::vector<std::string>& parameter_names() const { return names_; }

  /// All tensors by the names of the published network, including running statistics; they share
  /// memory with the network.
  std::map<std::string, at::Tensor> state() const;
  /// Copies all tensors from those of a state dict of this network, which StateDict has checked.
  void load(const std::map<std::string, at::Tensor>& state);

  const NetworkPlan& plan() const { return network_.plan(); }

 private:
  /// Of a batch norm.
  struct Statistics {
    at::Tensor mean, variance;  ///< [C]
    at::Tensor batches;         ///< int64 on the CPU, a scalar: number of batches so far
  };

  at::Tensor output(int layer, std::span<const at::Tensor> inputs, Mode mode);

  Network network_;
  std::vector<std::string> names_;
  std::vector<at::Tensor> parameters_;
  std::map<int, Statistics> statistics_;  ///< by position of the layer
  std::vector<int> last_reader_;          ///< of each layer's output
};

}  // namespace wrcor
