#include "nn/response.h"

namespace wrcor {

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
