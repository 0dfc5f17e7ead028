#include <spdlog/fmt/fmt.h>

#include "operators.h"

namespace wrcor {
namespace {

class Relu final : public Operator {
 public:
  Reads reads() const override { return {.output = true}; }
  Nonlinearity nonlinearity() const override { return Nonlinearity::rectifier; }

  at::Tensor forward(const ForwardStep& step) const override {
    return at::relu(step.inputs.front());
  }

  at::Tensor input_gradient(const BackwardStep& step, std::size_t) const override {
    return at::threshold_backward(step.gradient, step.output, 0);
  }

  at::Tensor rate(const ForwardStep& step, std::span<const at::Tensor> rates) const override {
    return at::threshold_backward(rates.front(), step.inputs.front(), 0);
  }

  TorchScript torchscript(const Layer&, std::span<const std::string> inputs) const override {
    return {fmt::format("torch.relu({})", inputs.front())};
  }
};

}  // namespace

const Operator& relu_operator() {
  static const Relu instance;
  return instance;
}

std::vector<OnnxNode> relu_onnx(const OnnxStep& step) {
  return {{"Relu", {step.inputs.front()}, step.output}};
}

}  // namespace wrcor
