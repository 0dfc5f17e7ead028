#include <spdlog/fmt/fmt.h>

#include "operators.h"
#include "wrcor/core/registry.h"

namespace wrcor {
namespace {

class Concat final : public Operator {
 public:
  at::Tensor forward(const ForwardStep& step) const override {
    return at::cat(at::TensorList(step.inputs.data(), step.inputs.size()), 1);
  }

  at::Tensor input_gradient(const BackwardStep& step, std::size_t input) const override {
    std::int64_t first = 0;
    for (const FeatureShape& before : step.shapes.first(input)) first += before.channels;
    return step.gradient.narrow(1, first, step.shapes[input].channels);
  }

  TorchScript torchscript(const Layer&, std::span<const std::string> inputs) const override {
    return {fmt::format("torch.cat([{}], 1)", join({inputs.begin(), inputs.end()}))};
  }
};

}  // namespace

const Operator& concat_operator() {
  static const Concat instance;
  return instance;
}

std::vector<OnnxNode> concat_onnx(const OnnxStep& step) {
  return {{"Concat", {step.inputs.begin(), step.inputs.end()}, step.output, {{"axis", 1}}}};
}

}  // namespace wrcor
