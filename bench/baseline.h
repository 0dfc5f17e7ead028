#pragma once

#include <vector>

#include <ATen/ATen.h>

#include "nn/response.h"
#include "nn/weights.h"
#include "wrcor/space/network_plan.h"

namespace wrcor {

/// The output of a layer, for autograd, by libtorch's own operators.
/// @param weights  the layer's trainable tensors
/// @param training  whether batch norm normalises by the minibatch; else it is in evaluation mode
///                  with fresh statistics
at::Tensor baseline_layer(const Layer& layer, const std::vector<at::Tensor>& weights,
                          const std::vector<at::Tensor>& inputs, bool training = true);

/// One response in the baseline.
struct BaselineResponse {
  Tap tap;
  at::Tensor values;
};

/// The straightforward evaluation, as research scripts do it: autograd with gradients of all
/// weights, every response kept to the end. The baseline of the benchmarks, and an independent
/// check of the explicit passes.
struct BaselinePass {
  at::Tensor logits;
  std::vector<BaselineResponse> responses;
};
BaselinePass baseline_pass(const NetworkPlan& plan, const WeightSource& weights,
                           const at::Tensor& images, const at::Tensor& labels, Counting counting);

/// WRCor from such a pass: one float64 correlation on the host for each counted response.
double baseline_wrcor(const BaselinePass& pass);

}  // namespace wrcor
