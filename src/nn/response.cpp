#include "wrcor/nn/response.h"

#include <algorithm>
#include <map>
#include <stdexcept>
#include <utility>

namespace wrcor {
namespace {

/// The first layer that reads the output of `layer`.
int reader_of(const NetworkPlan& plan, int layer) {
  for (std::size_t i = static_cast<std::size_t>(layer) + 1; i < plan.layers.size(); ++i) {
    const std::vector<int>& inputs = plan.layers[i].inputs;
    if (std::find(inputs.begin(), inputs.end(), layer) != inputs.end()) return static_cast<int>(i);
  }
  throw std::logic_error("a response site's convolution is read by no layer");
}

}  // namespace

std::string_view to_string(Side side) {
  return side == Side::activation ? "activation" : "gradient";
}

std::vector<Tap> response_taps(const NetworkPlan& plan, Counting counting) {
  const bool reference = counting == Counting::reference;
  std::map<std::pair<int, int>, int> activations;  // (layer, unit) -> multiplicity
  std::vector<Tap> gradients;
  for (const ResponseSite& site : plan.sites) {
    const Layer& relu = plan.layers[static_cast<std::size_t>(site.relu)];
    const bool overwritten = reference && site.in_place;
    const bool composite = reference && site.convolution >= 0;
    activations[{overwritten ? site.relu : relu.inputs.front(), site.unit}] += composite ? 2 : 1;
    gradients.push_back({site.relu, Side::gradient, site.unit, 1});
    if (composite) {
      // The gradient at the convolution's output is the gradient at the input of its batch norm.
      gradients.push_back({reader_of(plan, site.convolution), Side::gradient, site.unit, 1});
    }
  }
  std::vector<Tap> taps;
  for (const auto& [place, multiplicity] : activations) {
    taps.push_back({place.first, Side::activation, place.second, multiplicity});
  }
  taps.insert(taps.end(), gradients.begin(), gradients.end());
  return taps;
}

TapObserver::TapObserver(const NetworkPlan& plan, std::span<const Tap> taps)
    : activations_(plan.layers.size()), gradients_(plan.layers.size()) {
  for (const Tap& tap : taps) {
    (tap.side == Side::activation ? activations_ : gradients_)[static_cast<std::size_t>(tap.layer)]
        .push_back(tap);
  }
}

PassObserver::Interest TapObserver::interest(int layer) const {
  const auto i = static_cast<std::size_t>(layer);
  return {.output = !activations_[i].empty(), .input_gradient = !gradients_[i].empty()};
}

void TapObserver::output(int layer, const at::Tensor& output) {
  record(output, activations_[static_cast<std::size_t>(layer)]);
}

void TapObserver::input_gradient(int layer, const at::Tensor& gradient) {
  record(gradient, gradients_[static_cast<std::size_t>(layer)]);
}

}  // namespace wrcor
