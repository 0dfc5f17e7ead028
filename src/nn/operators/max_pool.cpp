#include <spdlog/fmt/fmt.h>

#include "nn/kernels/max_pool.h"
#include "nn/vector_code.h"
#include "operators.h"

namespace wrcor {
namespace {

MaxPoolSize size_of(const at::Tensor& input, const Layer& layer) {
  const auto number = [](std::int64_t value) { return static_cast<std::size_t>(value); };
  const auto places = [&](int axis) {
    return number((input.size(axis) + 2 * layer.padding - layer.kernel) / layer.stride + 1);
  };
  return {.images = number(input.size(0)),
          .channels = number(input.size(1)),
          .input_height = number(input.size(2)),
          .input_width = number(input.size(3)),
          .output_height = places(2),
          .output_width = places(3),
          .kernel = number(layer.kernel),
          .stride = number(layer.stride),
          .padding = number(layer.padding)};
}

class MaxPool final : public Operator {
 public:
  Reads reads() const override { return {.inputs = true}; }

  at::Tensor forward(const ForwardStep& step) const override {
    const Layer& layer = step.layer;
    const at::Tensor& input = step.inputs.front();
    if (!has_vector_code(input))
      return at::max_pool2d(input, layer.kernel, layer.stride, layer.padding);
    const at::Tensor source = input.contiguous(at::MemoryFormat::ChannelsLast);
    const MaxPoolSize size = size_of(source, layer);
    at::Tensor output =
        at::empty({source.size(0), source.size(1), static_cast<std::int64_t>(size.output_height),
                   static_cast<std::int64_t>(size.output_width)},
                  source.options(), at::MemoryFormat::ChannelsLast);
    max_pool(source.data_ptr<float>(), size, output.data_ptr<float>());
    return output;
  }

  at::Tensor input_gradient(const BackwardStep& step, std::size_t) const override {
    const Layer& layer = step.layer;
    const at::Tensor& input = step.inputs.front();
    if (has_vector_code(input) && has_vector_code(step.gradient)) {
      const at::Tensor source = input.contiguous(at::MemoryFormat::ChannelsLast),
                       gradient = step.gradient.contiguous(at::MemoryFormat::ChannelsLast);
      at::Tensor at_input = at::empty_like(source);
      max_pool_gradient(source.data_ptr<float>(), gradient.data_ptr<float>(),
                        size_of(source, layer), at_input.data_ptr<float>());
      return at_input;
    }
    const at::Tensor winners =
        std::get<1>(at::max_pool2d_with_indices(input, layer.kernel, layer.stride, layer.padding));
    return at::max_pool2d_with_indices_backward(
        step.gradient, input, {layer.kernel, layer.kernel}, {layer.stride, layer.stride},
        {layer.padding, layer.padding}, /*dilation=*/{1, 1}, /*ceil_mode=*/false, winners);
  }

  at::Tensor rate(const ForwardStep& step, std::span<const at::Tensor> rates) const override {
    const Layer& layer = step.layer;
    const at::Tensor winners = std::get<1>(at::max_pool2d_with_indices(
        step.inputs.front(), layer.kernel, layer.stride, layer.padding));
    return rates.front().flatten(2).gather(2, winners.flatten(2)).view(winners.sizes());
  }

  TorchScript torchscript(const Layer& layer, std::span<const std::string> inputs) const override {
    return {fmt::format("torch.max_pool2d({}, {}, {}, {})", inputs.front(), pair_text(layer.kernel),
                        pair_text(layer.stride), pair_text(layer.padding))};
  }
};

}  // namespace

const Operator& max_pool_operator() {
  static const MaxPool instance;
  return instance;
}

std::vector<OnnxNode> max_pool_onnx(const OnnxStep& step) {
  return {{"MaxPool", {step.inputs.front()}, step.output, onnx_window(step.layer)}};
}

}  // namespace wrcor
