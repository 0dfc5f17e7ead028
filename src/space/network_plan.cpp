#include "wrcor/space/network_plan.h"

namespace wrcor {
namespace {

std::int64_t input_channels(const NetworkPlan& plan, const Layer& layer) {
  return plan.layers[layer.inputs.front()].out.channels;
}

/// Scalars of the weight tensor of a convolution or linear layer; 0 for the others.
std::int64_t weight_size(const NetworkPlan& plan, const Layer& layer) {
  switch (layer.kind) {
    case LayerKind::convolution:
      return input_channels(plan, layer) * layer.out.channels * layer.kernel * layer.kernel;
    case LayerKind::linear:
      return input_channels(plan, layer) * layer.out.channels;
    default:
      return 0;
  }
}

}  // namespace

std::int64_t NetworkPlan::params() const {
  std::int64_t total = 0;
  for (const Layer& layer : layers) {
    total += weight_size(*this, layer);
    if (layer.kind == LayerKind::batch_norm) total += std::int64_t{2} * layer.out.channels;
    if (layer.kind == LayerKind::linear) total += layer.out.channels;
  }
  return total;
}

std::int64_t NetworkPlan::flops() const {
  std::int64_t total = 0;
  for (const Layer& layer : layers) {
    total += weight_size(*this, layer) * layer.out.height * layer.out.width;
  }
  return total;
}

}  // namespace wrcor
