#include <spdlog/fmt/fmt.h>

#include <array>

#include "operators.h"

namespace wrcor {
namespace {

class Narrow final : public Operator {
 public:
  at::Tensor forward(const ForwardStep& step) const override {
    return step.inputs.front().narrow(1, step.layer.first_channel, step.layer.out.channels);
  }

  at::Tensor input_gradient(const BackwardStep& step, std::size_t) const override {
    const std::int64_t first = step.layer.first_channel, channels = step.layer.out.channels;
    const std::int64_t behind = step.shapes.front().channels - first - channels;
    const std::array<std::int64_t, 6> padding{0, 0, 0, 0, first, behind};  // of the last axis first
    return at::constant_pad_nd(step.gradient, padding, 0);
  }

  TorchScript torchscript(const Layer& layer, std::span<const std::string> inputs) const override {
    return {fmt::format("torch.narrow({}, 1, {}, {})", inputs.front(), layer.first_channel,
                        layer.out.channels)};
  }
};

}  // namespace

const Operator& narrow_operator() {
  static const Narrow instance;
  return instance;
}

std::vector<OnnxNode> narrow_onnx(const OnnxStep& step) {
  const std::int64_t first = step.layer.first_channel, behind = first + step.layer.out.channels;
  const std::string start = step.output + ".start", end = step.output + ".end",
                    axis = step.output + ".axis";
  return {onnx_constant({first}, start),
          onnx_constant({behind}, end),
          onnx_constant({1}, axis),
          {"Slice", {step.inputs.front(), start, end, axis}, step.output}};
}

}  // namespace wrcor
