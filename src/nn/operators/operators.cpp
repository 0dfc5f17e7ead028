#include "operators.h"

#include <spdlog/fmt/fmt.h>

#include <stdexcept>

namespace wrcor {

const Operator& operator_of(LayerKind kind) {
  switch (kind) {
    case LayerKind::input:
      break;
#define WRCOR_LAYER_KIND(kind) \
  case LayerKind::kind:        \
    return kind##_operator();
#include "wrcor/space/layer_kinds.inc"
#undef WRCOR_LAYER_KIND
  }
  throw std::logic_error("the input of a network is not computed");
}

std::vector<OnnxNode> onnx_nodes(const OnnxStep& step) {
  switch (step.layer.kind) {
    case LayerKind::input:
      break;
#define WRCOR_LAYER_KIND(kind) \
  case LayerKind::kind:        \
    return kind##_onnx(step);
#include "wrcor/space/layer_kinds.inc"
#undef WRCOR_LAYER_KIND
  }
  throw std::logic_error("the input of a network is not computed");
}

at::Tensor Operator::weight_gradient(const BackwardStep& step) const {
  throw std::logic_error("layer " + step.layer.name + " has no weight");
}

at::Tensor Operator::rate(const ForwardStep& step, std::span<const at::Tensor> rates) const {
  const Network::LayerWeights without_bias{step.weights.weight, {}};
  return forward({.layer = step.layer, .weights = without_bias, .inputs = rates});
}

at::Tensor Operator::input_gradient_rate(const BackwardStep& step, const at::Tensor& gradient_rate,
                                         std::span<const at::Tensor> /*rates*/,
                                         std::size_t input) const {
  return input_gradient({.layer = step.layer,
                         .weights = step.weights,
                         .gradient = gradient_rate,
                         .shapes = step.shapes,
                         .inputs = step.inputs,
                         .output = step.output},
                        input);
}

std::string pair_text(int value) { return fmt::format("[{0}, {0}]", value); }

}  // namespace wrcor
