#include <spdlog/fmt/fmt.h>

#include "operators.h"

namespace wrcor {
namespace {

class Zero final : public Operator {
 public:
  at::Tensor forward(const ForwardStep& step) const override {
    return at::zeros_like(step.inputs.front());
  }

  bool passes_gradient() const override { return false; }
  at::Tensor input_gradient(const BackwardStep&, std::size_t) const override { return {}; }

  TorchScript torchscript(const Layer&, std::span<const std::string> inputs) const override {
    return {fmt::format("torch.zeros_like({})", inputs.front())};
  }
};

}  // namespace

const Operator& zero_operator() {
  static const Zero instance;
  return instance;
}

std::vector<OnnxNode> zero_onnx(const OnnxStep& step) {
  const std::string shape = step.output + ".shape";
  return {{"Shape", {step.inputs.front()}, shape}, {"ConstantOfShape", {shape}, step.output}};
}

}  // namespace wrcor
