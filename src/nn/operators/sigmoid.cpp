#include <spdlog/fmt/fmt.h>

#include "operators.h"

namespace wrcor {
namespace {

class Sigmoid final : public Operator {
 public:
  Reads reads() const override { return {.output = true}; }

  at::Tensor forward(const ForwardStep& step) const override {
    return at::sigmoid(step.inputs.front());
  }

  at::Tensor input_gradient(const BackwardStep& step, std::size_t) const override {
    return at::sigmoid_backward(step.gradient, step.output);
  }

  TorchScript torchscript(const Layer&, std::span<const std::string> inputs) const override {
    return {fmt::format("torch.sigmoid({})", inputs.front())};
  }
};

}  // namespace

const Operator& sigmoid_operator() {
  static const Sigmoid instance;
  return instance;
}

std::vector<OnnxNode> sigmoid_onnx(const OnnxStep& step) {
  return {{"Sigmoid", {step.inputs.front()}, step.output}};
}

}  // namespace wrcor
