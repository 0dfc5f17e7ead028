#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "wrcor/space/network_plan.h"

namespace wrcor {

/// The version of the ONNX operators that nodes use. Source: https://onnx.ai/onnx/operators.
inline constexpr int onnx_opset = 15;

using OnnxValue = std::variant<std::int64_t, float, std::string, std::vector<std::int64_t>>;

struct OnnxAttribute {
  std::string name;
  OnnxValue value;
};

/// An operation of an ONNX graph with one output.
struct OnnxNode {
  std::string operation;            ///< "Conv"
  std::vector<std::string> inputs;  ///< names of outputs, or of tensors of the network; "": none
  std::string output;
  std::vector<OnnxAttribute> attributes = {};
};

/// A layer that becomes part of an ONNX graph.
struct OnnxStep {
  const Layer& layer;
  std::span<const std::string> inputs;  ///< names of its inputs
  const std::string& output;            ///< name of its output
};

/// The nodes that compute a layer, a batch norm with its running statistics; the last one gives the
/// output. Other outputs are called "<output>.<something>", tensors of the layer by the names of
/// its parameters and buffers.
/// @throws std::logic_error for LayerKind::input, which computes nothing.
std::vector<OnnxNode> onnx_nodes(const OnnxStep& step);

/// A node that gives a list of whole numbers.
OnnxNode onnx_constant(std::vector<std::int64_t> numbers, const std::string& output);

/// The window that a convolution or a pooling moves over its input.
std::vector<OnnxAttribute> onnx_window(const Layer& layer);

}  // namespace wrcor
