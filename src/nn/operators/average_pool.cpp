#include "nn/average_pool.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <vector>

#include "feature_images.h"
#include "nn/kernels/separable_sum.h"
#include "nn/vector_code.h"
#include "operators.h"

namespace wrcor {
namespace {

/// Windows along one axis: each output position is the mean of the inputs in its window.
std::vector<WeightedRange> windows(const Layer& layer, int inputs, int outputs) {
  std::vector<WeightedRange> all;
  for (int o = 0; o < outputs; ++o) {
    const int start = o * layer.stride - layer.padding;
    const int first = std::max(start, 0), end = std::min(start + layer.kernel, inputs);
    all.push_back({first, std::vector<float>(static_cast<std::size_t>(end - first),
                                             1.0f / static_cast<float>(end - first))});
  }
  return all;
}

/// The matrix of the windows, transposed.
std::vector<WeightedRange> transposed(const std::vector<WeightedRange>& windows, int inputs) {
  std::vector<WeightedRange> all(static_cast<std::size_t>(inputs));
  for (std::size_t o = 0; o < windows.size(); ++o) {
    for (std::size_t k = 0; k < windows[o].weights.size(); ++k) {
      WeightedRange& range = all[static_cast<std::size_t>(windows[o].first) + k];
      if (range.weights.empty()) range.first = static_cast<int>(o);
      range.weights.push_back(windows[o].weights[k]);
    }
  }
  return all;
}

int size_of(const at::Tensor& tensor, int axis) { return static_cast<int>(tensor.size(axis)); }

at::Tensor summed(const at::Tensor& input, const std::vector<WeightedRange>& rows,
                  const std::vector<WeightedRange>& columns) {
  const at::Tensor source = input.contiguous(at::MemoryFormat::ChannelsLast);
  at::Tensor target =
      at::empty({input.size(0), input.size(1), static_cast<std::int64_t>(rows.size()),
                 static_cast<std::int64_t>(columns.size())},
                input.options(), at::MemoryFormat::ChannelsLast);
  separable_sum(source.data_ptr<float>(), size_of(input, 0), size_of(input, 2), size_of(input, 3),
                size_of(input, 1), rows, columns, target.data_ptr<float>());
  return target;
}

class AveragePool final : public Operator {
 public:
  at::Tensor forward(const ForwardStep& step) const override {
    return average_pool(step.inputs.front(), step.layer);
  }

  at::Tensor input_gradient(const BackwardStep& step, std::size_t) const override {
    return average_pool_backward(step.gradient, step.shapes.front(), step.layer);
  }

  TorchScript torchscript(const Layer& layer, std::span<const std::string> inputs) const override {
    return {fmt::format("torch.avg_pool2d({}, {}, {}, {}, False, False)", inputs.front(),
                        pair_text(layer.kernel), pair_text(layer.stride),
                        pair_text(layer.padding))};
  }
};

}  // namespace

const Operator& average_pool_operator() {
  static const AveragePool instance;
  return instance;
}

at::Tensor average_pool(const at::Tensor& input, const Layer& layer) {
  if (!has_vector_code(input)) {
    return at::avg_pool2d(input, layer.kernel, layer.stride, layer.padding, /*ceil_mode=*/false,
                          /*count_include_pad=*/false);
  }
  return summed(input, windows(layer, size_of(input, 2), layer.out.height),
                windows(layer, size_of(input, 3), layer.out.width));
}

at::Tensor average_pool_backward(const at::Tensor& gradient, const FeatureShape& shape,
                                 const Layer& layer) {
  if (!has_vector_code(gradient)) {
    return at::avg_pool2d_backward(gradient, feature_images(gradient, shape),
                                   {layer.kernel, layer.kernel}, {layer.stride, layer.stride},
                                   {layer.padding, layer.padding},
                                   /*ceil_mode=*/false, /*count_include_pad=*/false, {});
  }
  return summed(gradient, transposed(windows(layer, shape.height, layer.out.height), shape.height),
                transposed(windows(layer, shape.width, layer.out.width), shape.width));
}

std::vector<OnnxNode> average_pool_onnx(const OnnxStep& step) {
  // By default without the padding.
  return {{"AveragePool", {step.inputs.front()}, step.output, onnx_window(step.layer)}};
}

}  // namespace wrcor
