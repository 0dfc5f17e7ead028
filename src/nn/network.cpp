#include "nn/network.h"

namespace wrcor {

Network::Network(NetworkPlan plan, const WeightSource& weights) : plan_(std::move(plan)) {
  weights_.reserve(plan_.layers.size());
  for (const Layer& layer : plan_.layers) {
    LayerWeights& mine = weights_.emplace_back();
    for (const Parameter& parameter : layer.parameters) {
      (mine.weight.defined() ? mine.bias : mine.weight) = weights.get(parameter);
    }
  }
}

std::vector<int> Network::weight_layers() const {
  std::vector<int> found;
  for (std::size_t i = 0; i < plan_.layers.size(); ++i) {
    const std::vector<Parameter>& parameters = plan_.layers[i].parameters;
    if (!parameters.empty() && parameters.front().role == ParameterRole::weight)
      found.push_back(static_cast<int>(i));
  }
  return found;
}

Network Network::transformed(const std::function<at::Tensor(const at::Tensor&)>& change) const {
  Network copy = *this;
  for (LayerWeights& layer : copy.weights_) {
    if (layer.weight.defined()) layer.weight = change(layer.weight);
    if (layer.bias.defined()) layer.bias = change(layer.bias);
  }
  return copy;
}

}  // namespace wrcor
