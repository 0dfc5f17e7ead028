#include <spdlog/fmt/fmt.h>

#include "feature_images.h"
#include "nn/kernels/image_channels.h"
#include "nn/vector_code.h"
#include "operators.h"

namespace wrcor {
namespace {

at::Tensor scaled(const at::Tensor& values, const at::Tensor& factors) {
  if (!has_vector_code(values) || !has_vector_code(factors)) return values * factors;
  const at::Tensor source = values.contiguous(at::MemoryFormat::ChannelsLast);
  at::Tensor target = at::empty_like(source);
  multiply_channels(source.data_ptr<float>(), factors.contiguous().data_ptr<float>(),
                    rows_of(source), target.data_ptr<float>());
  return target;
}

/// [N, C, 1, 1]: the sums over the positions.
at::Tensor summed_products(const at::Tensor& a, const at::Tensor& b) {
  if (!has_vector_code(a) || !has_vector_code(b)) return (a * b).sum({2, 3}, /*keepdim=*/true);
  const at::Tensor first = a.contiguous(at::MemoryFormat::ChannelsLast),
                   second = b.contiguous(at::MemoryFormat::ChannelsLast);
  at::Tensor sums = at::empty({a.size(0), a.size(1), 1, 1}, at::kDouble);
  sum_products(first.data_ptr<float>(), second.data_ptr<float>(), rows_of(first),
               sums.data_ptr<double>());
  return sums.to(at::kFloat);
}

class Scale final : public Operator {
 public:
  Reads reads() const override { return {.inputs = true}; }

  at::Tensor forward(const ForwardStep& step) const override {
    return scaled(step.inputs[0], step.inputs[1]);
  }

  at::Tensor input_gradient(const BackwardStep& step, std::size_t input) const override {
    if (input == 0) return scaled(step.gradient, step.inputs[1]);
    return summed_products(step.gradient, step.inputs[0]);
  }

  at::Tensor rate(const ForwardStep& step, std::span<const at::Tensor> rates) const override {
    return scaled(rates[0], step.inputs[1]) + scaled(step.inputs[0], rates[1]);
  }
  at::Tensor input_gradient_rate(const BackwardStep& step, const at::Tensor& gradient_rate,
                                 std::span<const at::Tensor> rates,
                                 std::size_t input) const override {
    if (input == 0) return scaled(gradient_rate, step.inputs[1]) + scaled(step.gradient, rates[1]);
    return summed_products(gradient_rate, step.inputs[0]) +
           summed_products(step.gradient, rates[0]);
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

std::vector<OnnxNode> scale_onnx(const OnnxStep& step) {
  return {{"Mul", {step.inputs[0], step.inputs[1]}, step.output}};
}

}  // namespace wrcor
