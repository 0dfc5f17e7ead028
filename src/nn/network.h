#pragma once

#include <functional>
#include <vector>

#include <ATen/ATen.h>

#include "nn/weights.h"
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

  /// Positions of all convolution and linear layers, in order of execution.
  std::vector<int> weight_layers() const;

  /// The same network with every tensor replaced by change(tensor), which must not write to it.
  Network transformed(const std::function<at::Tensor(const at::Tensor&)>& change) const;

 private:
  NetworkPlan plan_;
  std::vector<LayerWeights> weights_;
};

}  // namespace wrcor
