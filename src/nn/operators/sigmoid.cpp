#include <spdlog/fmt/fmt.h>

#include "operators.h"

namespace wrcor {
namespace {

class Sigmoid final : public Operator {
 public:
  Reads reads() const override { return {.output = true}; }
  Nonlinearity nonlinearity() const override { return Nonlinearity::gate; }
  bool is_homogeneous() const override { return false; }

  at::Tensor forward(const ForwardStep& step) const override {
    return at::sigmoid(step.inputs.front());
  }

  at::Tensor input_gradient(const BackwardStep& step, std::size_t) const override {
    return at::sigmoid_backward(step.gradient, step.output);
  }

  at::Tensor rate(const ForwardStep& step, std::span<const at::Tensor> rates) const override {
    return at::sigmoid_backward(rates.front(), at::sigmoid(step.inputs.front()));
  }
  /// s' = s (1 - s), s'' = s' (1 - 2 s)
  at::Tensor input_gradient_rate(const BackwardStep& step, const at::Tensor& gradient_rate,
                                 std::span<const at::Tensor> rates, std::size_t) const override {
    const at::Tensor bend = step.gradient * (1 - step.output * 2) * rates.front();
    return at::sigmoid_backward(gradient_rate + bend, step.output);
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
