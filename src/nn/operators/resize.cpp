#include <spdlog/fmt/fmt.h>

#include "operators.h"

namespace wrcor {
namespace {

class Resize final : public Operator {
 public:
  at::Tensor forward(const ForwardStep& step) const override {
    return at::upsample_bilinear2d(step.inputs.front(),
                                   {step.layer.out.height, step.layer.out.width},
                                   /*align_corners=*/false);
  }

  at::Tensor input_gradient(const BackwardStep& step, std::size_t) const override {
    const FeatureShape& in = step.shapes.front();
    return at::upsample_bilinear2d_backward(
        step.gradient, {step.layer.out.height, step.layer.out.width},
        {step.gradient.size(0), in.channels, in.height, in.width}, /*align_corners=*/false);
  }

  TorchScript torchscript(const Layer& layer, std::span<const std::string> inputs) const override {
    return {fmt::format("torch.upsample_bilinear2d({}, [{}, {}], False)", inputs.front(),
                        layer.out.height, layer.out.width)};
  }
};

}  // namespace

const Operator& resize_operator() {
  static const Resize instance;
  return instance;
}

std::vector<OnnxNode> resize_onnx(const OnnxStep& step) {
  // The size of the output includes the number of images, which the graph leaves open.
  const std::string images = step.output + ".images", pixels = step.output + ".pixels",
                    size = step.output + ".size";
  return {{"Shape", {step.inputs.front()}, images, {{"start", 0}, {"end", 2}}},
          onnx_constant({step.layer.out.height, step.layer.out.width}, pixels),
          {"Concat", {images, pixels}, size, {{"axis", 0}}},
          {"Resize",
           {step.inputs.front(), "", "", size},
           step.output,
           {{"mode", std::string("linear")}}}};
}

}  // namespace wrcor
