#include <spdlog/fmt/fmt.h>

#include "feature_images.h"
#include "nn/kernels/image_channels.h"
#include "nn/vector_code.h"
#include "operators.h"

namespace wrcor {
namespace {

class GlobalAverage final : public Operator {
 public:
  at::Tensor forward(const ForwardStep& step) const override {
    const at::Tensor& input = step.inputs.front();
    if (!has_vector_code(input))
      return input.mean({2, 3}, /*keepdim=*/true, at::kDouble).to(input.scalar_type());
    const at::Tensor source = input.contiguous(at::MemoryFormat::ChannelsLast);
    at::Tensor sums = at::empty({input.size(0), input.size(1), 1, 1}, at::kDouble);
    sum_positions(source.data_ptr<float>(), rows_of(source), sums.data_ptr<double>());
    return sums.div_(static_cast<double>(input.size(2) * input.size(3))).to(at::kFloat);
  }

  at::Tensor input_gradient(const BackwardStep& step, std::size_t) const override {
    const FeatureShape& in = step.shapes.front();
    return (step.gradient / static_cast<double>(in.height * in.width))
        .expand({-1, -1, in.height, in.width})
        .contiguous(step.gradient.is_cpu() ? at::MemoryFormat::ChannelsLast
                                           : at::MemoryFormat::Contiguous);
  }

  TorchScript torchscript(const Layer&, std::span<const std::string> inputs) const override {
    return {fmt::format("torch.mean({}, [2, 3], True)", inputs.front())};
  }
};

}  // namespace

const Operator& global_average_operator() {
  static const GlobalAverage instance;
  return instance;
}

std::vector<OnnxNode> global_average_onnx(const OnnxStep& step) {
  return {{"GlobalAveragePool", {step.inputs.front()}, step.output}};
}

}  // namespace wrcor
