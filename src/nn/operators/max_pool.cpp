#include <spdlog/fmt/fmt.h>

#include "operators.h"

namespace wrcor {
namespace {

class MaxPool final : public Operator {
 public:
  Reads reads() const override { return {.inputs = true}; }

  at::Tensor forward(const ForwardStep& step) const override {
    const Layer& layer = step.layer;
    return at::max_pool2d(step.inputs.front(), layer.kernel, layer.stride, layer.padding);
  }

  at::Tensor input_gradient(const BackwardStep& step, std::size_t) const override {
    const Layer& layer = step.layer;
    const at::Tensor& input = step.inputs.front();
    const at::Tensor winners =
        std::get<1>(at::max_pool2d_with_indices(input, layer.kernel, layer.stride, layer.padding));
    return at::max_pool2d_with_indices_backward(
        step.gradient, input, {layer.kernel, layer.kernel}, {layer.stride, layer.stride},
        {layer.padding, layer.padding}, /*dilation=*/{1, 1}, /*ceil_mode=*/false, winners);
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

}  // namespace wrcor
