#pragma once

#include <functional>
#include <string>
#include <vector>

#include <ATen/ATen.h>

#include "nn/operator.h"
#include "space/plan_builder.h"

namespace wrcor::test {

/// A network of one layer behind its inputs.
class OneLayer {
 public:
  using Add = std::function<int(PlanBuilder&, const std::vector<int>& inputs)>;
  OneLayer(const std::vector<FeatureShape>& inputs, const Add& add);

  const Layer& layer() const { return plan_.layers.back(); }
  const std::vector<FeatureShape>& shapes() const { return shapes_; }

 private:
  std::vector<FeatureShape> shapes_;
  NetworkPlan plan_;
};

/// What a layer computes, written independently of it, by functions that autograd differentiates.
using Reference = std::function<at::Tensor(const std::vector<at::Tensor>& inputs,
                                           const Network::LayerWeights& weights)>;

/// Checks the operator of the layer against a reference and its gradients by autograd: output, the
/// gradient at every input, and that of the weight where there is one; in float64, and in float32
/// with every set of vector instructions.
void check_operator(const OneLayer& network, const Reference& reference);

}  // namespace wrcor::test
