#include <spdlog/fmt/fmt.h>

#include "nn/exact_product.h"
#include "operators.h"

namespace wrcor {
namespace {

class Linear final : public Operator {
 public:
  at::Tensor forward(const ForwardStep& step) const override {
    return exact_product(step.inputs.front().flatten(1), step.weights.weight.t(),
                         step.weights.bias);
  }

  at::Tensor input_gradient(const BackwardStep& step, std::size_t) const override {
    const FeatureShape& in = step.shapes.front();
    return exact_product(step.gradient, step.weights.weight)
        .view({step.gradient.size(0), in.channels, in.height, in.width});
  }

  at::Tensor weight_gradient(const BackwardStep& step) const override {
    return exact_product(step.gradient.t(), step.inputs.front().flatten(1));
  }

  TorchScript torchscript(const Layer&, std::span<const std::string> inputs) const override {
    return {
        fmt::format("torch.linear(torch.flatten({}, 1), self.weight, self.bias)", inputs.front()),
        "Linear"};
  }
};

}  // namespace

at::Tensor exact_product(const at::Tensor& a, const at::Tensor& b, const at::Tensor& bias) {
  const at::Tensor product = at::mm(a.to(at::kDouble), b.to(at::kDouble));
  return (bias.defined() ? product + bias : product).to(a.scalar_type());
}

const Operator& linear_operator() {
  static const Linear instance;
  return instance;
}

std::vector<OnnxNode> linear_onnx(const OnnxStep& step) {
  const std::string flat = step.output + ".flat";
  return {{"Flatten", {step.inputs.front()}, flat},
          {"Gemm",
           {flat, step.layer.parameters[0].name, step.layer.parameters[1].name},
           step.output,
           {{"transB", 1}}}};
}

}  // namespace wrcor
