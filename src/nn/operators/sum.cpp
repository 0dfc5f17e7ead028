#include <vector>

#include "operators.h"
#include "wrcor/core/registry.h"

namespace wrcor {
namespace {

class Sum final : public Operator {
 public:
  bool applies_scales() const override { return true; }

  at::Tensor forward(const ForwardStep& step) const override {
    std::vector<Summand> summands;
    for (std::size_t k = 0; k < step.inputs.size(); ++k)
      summands.push_back({step.inputs[k], step.scales.empty() ? ChannelScale{} : step.scales[k]});
    return scaled_sum(summands);
  }

  at::Tensor input_gradient(const BackwardStep& step, std::size_t) const override {
    return step.gradient;
  }

  TorchScript torchscript(const Layer&, std::span<const std::string> inputs) const override {
    return {join({inputs.begin(), inputs.end()}, " + ")};
  }
};

}  // namespace

const Operator& sum_operator() {
  static const Sum instance;
  return instance;
}

std::vector<OnnxNode> sum_onnx(const OnnxStep& step) {
  return {{"Sum", {step.inputs.begin(), step.inputs.end()}, step.output}};
}

}  // namespace wrcor
