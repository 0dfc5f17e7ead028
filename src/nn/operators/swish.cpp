#include <spdlog/fmt/fmt.h>

#include "operators.h"

namespace wrcor {
namespace {

class Swish final : public Operator {
 public:
  Reads reads() const override { return {.inputs = true}; }

  at::Tensor forward(const ForwardStep& step) const override {
    return at::silu(step.inputs.front());
  }

  at::Tensor input_gradient(const BackwardStep& step, std::size_t) const override {
    return at::silu_backward(step.gradient, step.inputs.front());
  }

  TorchScript torchscript(const Layer&, std::span<const std::string> inputs) const override {
    return {fmt::format("torch.silu({})", inputs.front())};
  }
};

}  // namespace

const Operator& swish_operator() {
  static const Swish instance;
  return instance;
}

std::vector<OnnxNode> swish_onnx(const OnnxStep& step) {
  const std::string gate = step.output + ".sigmoid";
  return {{"Sigmoid", {step.inputs.front()}, gate},
          {"Mul", {step.inputs.front(), gate}, step.output}};
}

}  // namespace wrcor
