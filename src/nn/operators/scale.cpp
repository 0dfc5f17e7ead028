#include <spdlog/fmt/fmt.h>

#include "operators.h"

namespace wrcor {
namespace {

class Scale final : public Operator {
 public:
  Reads reads() const override { return {.inputs = true}; }

  at::Tensor forward(const ForwardStep& step) const override {
    return step.inputs[0] * step.inputs[1];
  }

  at::Tensor input_gradient(const BackwardStep& step, std::size_t input) const override {
    if (input == 0) return step.gradient * step.inputs[1];
    return (step.gradient * step.inputs[0]).sum({2, 3}, /*keepdim=*/true);
  }

  TorchScript torchscript(const Layer&, std::span<const std::string> inputs) const override {
    return {fmt::format("{} * {}", inputs[0], inputs[1])};
  }
};

}  // namespace

const Operator& scale_operator() {
  static const Scale instance;
  return instance;
}

}  // namespace wrcor
