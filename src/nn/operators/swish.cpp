#include <spdlog/fmt/fmt.h>

#include "operators.h"

namespace wrcor {
namespace {

class Swish final : public Operator {
 public:
  Reads reads() const override { return {.inputs = true}; }
  Nonlinearity nonlinearity() const override { return Nonlinearity::rectifier; }
  bool is_homogeneous() const override { return false; }

  at::Tensor forward(const ForwardStep& step) const override {
    return at::silu(step.inputs.front());
  }

  at::Tensor input_gradient(const BackwardStep& step, std::size_t) const override {
    return at::silu_backward(step.gradient, step.inputs.front());
  }

  at::Tensor rate(const ForwardStep& step, std::span<const at::Tensor> rates) const override {
    return at::silu_backward(rates.front(), step.inputs.front());
  }
  /// (x s(x))'' = s (1 - s) (2 + x (1 - 2 s))
  at::Tensor input_gradient_rate(const BackwardStep& step, const at::Tensor& gradient_rate,
                                 std::span<const at::Tensor> rates, std::size_t) const override {
    const at::Tensor& x = step.inputs.front();
    const at::Tensor s = at::sigmoid(x);
    const at::Tensor bend = s * (1 - s) * (x * (1 - s * 2) + 2);
    return at::silu_backward(gradient_rate, x) + step.gradient * bend * rates.front();
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
