#include "nn/onnx.h"

#include <utility>

namespace wrcor {

OnnxNode onnx_constant(std::vector<std::int64_t> numbers, const std::string& output) {
  return {"Constant", {}, output, {{"value_ints", std::move(numbers)}}};
}

std::vector<OnnxAttribute> onnx_window(const Layer& layer) {
  const std::int64_t kernel = layer.kernel, stride = layer.stride, padding = layer.padding;
  return {{"kernel_shape", std::vector{kernel, kernel}},
          {"strides", std::vector{stride, stride}},
          {"pads", std::vector{padding, padding, padding, padding}}};
}

}  // namespace wrcor
