#include "wrcor/nn/network.h"

namespace wrcor {

Network::Network(NetworkPlan plan, const WeightSource& weights) : plan_(std::move(plan)) {
  weights_.reserve(plan_.layers.size());
  for (const Layer& layer : plan_.layers) {
    LayerWeights& mine = weights_.emplace_back();
    for (const Parameter& parameter : parameters_of(plan_, layer)) {
      (mine.weight.defined() ? mine.bias : mine.weight) = weights.get(parameter);
    }
  }
}

}  // namespace wrcor
