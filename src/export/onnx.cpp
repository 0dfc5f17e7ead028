// An ONNX model, built from the plan: a node or a few for each layer, the weights as initializers.
// The messages are written here rather than by the library of ONNX, whose version would determine
// which operators exist. Source of the numbers of fields: onnx.proto3 of
// https://github.com/onnx/onnx, IR version 8.
#include <map>
#include <set>
#include <stdexcept>
#include <variant>

#include "internal/contents.h"
#include "internal/layer_names.h"
#include "internal/protobuf_message.h"
#include "nn/onnx.h"
#include "wrcor/core/error.h"
#include "wrcor/core/version.h"

namespace wrcor {
namespace {

constexpr int ir_version = 8;
constexpr const char* output_name = "logits";

// TensorProto.DataType
constexpr int float_elements = 1;

ProtobufMessage attribute_message(const OnnxAttribute& attribute) {
  // AttributeProto: name = 1, f = 2, i = 3, s = 4, ints = 8, type = 20
  enum Type { float_type = 1, int_type = 2, string_type = 3, ints_type = 7 };
  ProtobufMessage message;
  message.add(1, attribute.name);
  if (const auto* number = std::get_if<float>(&attribute.value))
    return message.add(2, *number).add(20, float_type);
  if (const auto* whole = std::get_if<std::int64_t>(&attribute.value))
    return message.add(3, *whole).add(20, int_type);
  if (const auto* text = std::get_if<std::string>(&attribute.value))
    return message.add(4, *text).add(20, string_type);
  for (const std::int64_t whole : std::get<std::vector<std::int64_t>>(attribute.value))
    message.add(8, whole);
  return message.add(20, ints_type);
}

ProtobufMessage node_message(const OnnxNode& node) {
  // NodeProto: input = 1, output = 2, name = 3, op_type = 4, attribute = 5
  ProtobufMessage message;
  for (const std::string& input : node.inputs) message.add(1, input);
  message.add(2, node.output).add(3, node.output).add(4, node.operation);
  for (const OnnxAttribute& attribute : node.attributes)
    message.add(5, attribute_message(attribute));
  return message;
}

ProtobufMessage tensor_message(const std::string& name, const at::Tensor& tensor) {
  // TensorProto: dims = 1, data_type = 2, name = 8, raw_data = 9
  const at::Tensor stored = tensor.detach().to(at::kCPU, at::kFloat).contiguous();
  ProtobufMessage message;
  for (const std::int64_t size : stored.sizes()) message.add(1, size);
  return message.add(2, float_elements)
      .add(8, name)
      .add(9, std::string_view(static_cast<const char*>(stored.data_ptr()), stored.nbytes()));
}

/// An input or output of the graph: a tensor of any number of images.
ProtobufMessage value_message(const std::string& name, const std::vector<int>& shape_of_one) {
  // TensorShapeProto: dim = 1, of which dim_value = 1, dim_param = 2
  ProtobufMessage shape;
  shape.add(1, ProtobufMessage().add(2, "N"));
  for (const int size : shape_of_one) shape.add(1, ProtobufMessage().add(1, size));
  // ValueInfoProto: name = 1, type = 2; TypeProto: tensor_type = 1, of which elem_type = 1, shape =
  // 2
  const ProtobufMessage tensor = ProtobufMessage().add(1, float_elements).add(2, shape);
  return ProtobufMessage().add(1, name).add(2, ProtobufMessage().add(1, tensor));
}

std::vector<OnnxNode> nodes_of(const NetworkPlan& plan, std::size_t i) {
  const Layer& layer = plan.layers[i];
  std::vector<std::string> inputs;
  for (const int input : layer.inputs)
    inputs.push_back(layer_variable(plan.layers[static_cast<std::size_t>(input)]));
  const bool is_last = i + 1 == plan.layers.size();
  const std::string output = is_last ? output_name : layer_variable(layer);
  return onnx_nodes({layer, inputs, output});
}

ProtobufMessage graph_message(const ExportedNetwork& network, const NetworkPlan& plan) {
  // GraphProto: node = 1, name = 2, initializer = 5, input = 11, output = 12
  ProtobufMessage graph;
  std::set<std::string> read;
  for (std::size_t i = 1; i < plan.layers.size(); ++i) {
    for (const OnnxNode& node : nodes_of(plan, i)) {
      graph.add(1, node_message(node));
      read.insert(node.inputs.begin(), node.inputs.end());
    }
  }
  graph.add(2, "network");
  for (const auto& [name, tensor] : network.state) {
    if (read.contains(name)) graph.add(5, tensor_message(name, tensor));
  }
  const Layer& images = plan.layers.front();
  graph.add(11, value_message(layer_variable(images),
                              {images.out.channels, images.out.height, images.out.width}));
  return graph.add(12, value_message(output_name, {network.space.input().classes}));
}

}  // namespace

std::string onnx_model(const ExportedNetwork& network) {
  // ModelProto: ir_version = 1, producer_name = 2, producer_version = 3, graph = 7, opset_import =
  // 8, metadata_props = 14; OperatorSetIdProto: version = 2; StringStringEntryProto: key = 1, value
  // = 2
  constexpr std::size_t longest = (std::size_t{2} << 30) - 1;
  const NetworkPlan plan = network.space.plan(network.genotype);
  ProtobufMessage model;
  model.add(1, ir_version).add(2, "wrcor").add(3, version);
  model.add(7, graph_message(network, plan));
  model.add(8, ProtobufMessage().add(2, onnx_opset));
  model.add(
      14, ProtobufMessage().add(1, "architecture").add(2, network.space.format(network.genotype)));
  model.add(14, ProtobufMessage().add(1, "space").add(2, network.space.name()));
  if (model.bytes().size() > longest) {
    throw UsageError(
        "--format onnx: the network takes more than 2 GiB, the most that a file of ONNX "
        "can have; use --format safetensors");
  }
  return model.bytes();
}

}  // namespace wrcor
