// Models of ONNX, read back and computed here by the definitions of ONNX's operators.
#include <torch/script.h>

#include <cstring>
#include <map>
#include <sstream>

#include "core/file.h"
#include "nn/onnx.h"
#include "space/definition.h"
#include "support/catch.h"
#include "unit/export/networks.h"
#include "wrcor/space/builtin.h"

namespace wrcor {
namespace {

/// A message of Protocol Buffers: its fields by number.
class Message {
 public:
  explicit Message(std::string_view bytes) {
    while (!bytes.empty()) {
      const std::uint64_t key = varint(bytes);
      const auto field = static_cast<int>(key >> 3);
      switch (key & 7) {
        case 0:
          numbers_[field].push_back(static_cast<std::int64_t>(varint(bytes)));
          break;
        case 2: {
          const std::uint64_t size = varint(bytes);
          texts_[field].emplace_back(bytes.substr(0, size));
          bytes.remove_prefix(size);
          break;
        }
        case 5:
          texts_[field].emplace_back(bytes.substr(0, 4));
          bytes.remove_prefix(4);
          break;
        default:
          FAIL("no such wire type");
      }
    }
  }

  std::vector<std::int64_t> numbers(int field) const {
    return numbers_.contains(field) ? numbers_.at(field) : std::vector<std::int64_t>{};
  }
  std::vector<std::string> texts(int field) const {
    return texts_.contains(field) ? texts_.at(field) : std::vector<std::string>{};
  }
  std::vector<Message> messages(int field) const {
    std::vector<Message> all;
    for (const std::string& text : texts(field)) all.emplace_back(text);
    return all;
  }
  Message message(int field) const { return Message(texts(field).at(0)); }

 private:
  static std::uint64_t varint(std::string_view& bytes) {
    std::uint64_t value = 0;
    for (int shift = 0;; shift += 7) {
      const auto byte = static_cast<unsigned char>(bytes.front());
      bytes.remove_prefix(1);
      value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  }

  std::map<int, std::vector<std::int64_t>> numbers_;
  std::map<int, std::vector<std::string>> texts_;
};

/// The attributes of a node.
class Attributes {
 public:
  explicit Attributes(const Message& node) {
    for (const Message& attribute : node.messages(5))
      by_name_.emplace(attribute.texts(1).at(0), attribute);
  }
  std::int64_t whole(const std::string& name, std::int64_t fallback) const {
    return by_name_.contains(name) ? by_name_.at(name).numbers(3).at(0) : fallback;
  }
  std::vector<std::int64_t> list(const std::string& name) const {
    return by_name_.at(name).numbers(8);
  }
  /// [p, p] of the pads [p, p, p, p]
  std::vector<std::int64_t> padding() const {
    const auto pads = list("pads");
    REQUIRE(pads.size() == 4);
    REQUIRE(pads[0] == pads[2]);
    return {pads[0], pads[1]};
  }
  float number(const std::string& name) const {
    float value = 0;
    std::memcpy(&value, by_name_.at(name).texts(2).at(0).data(), sizeof value);
    return value;
  }

 private:
  std::map<std::string, Message> by_name_;
};

std::vector<std::int64_t> whole_numbers(const at::Tensor& list) {
  const at::Tensor stored = list.contiguous();
  return {stored.data_ptr<std::int64_t>(), stored.data_ptr<std::int64_t>() + stored.numel()};
}

/// Source: https://onnx.ai/onnx/operators, version 15.
at::Tensor computed(const Message& node, const std::vector<at::Tensor>& in) {
  const std::string operation = node.texts(4).at(0);
  const Attributes attributes(node);
  if (operation == "Relu") return at::relu(in[0]);
  if (operation == "Sigmoid") return at::sigmoid(in[0]);
  if (operation == "Mul") return in[0] * in[1];
  if (operation == "Concat") return at::cat(in, attributes.whole("axis", -9));
  if (operation == "Flatten") return in[0].flatten(attributes.whole("axis", 1));
  if (operation == "GlobalAveragePool") return in[0].mean({2, 3}, /*keepdim=*/true);
  if (operation == "ConstantOfShape") return at::zeros(whole_numbers(in[0]));
  if (operation == "Constant") return at::tensor(attributes.list("value_ints"), at::kLong);
  if (operation == "Sum") {
    at::Tensor sum = in[0];
    for (std::size_t i = 1; i < in.size(); ++i) sum = sum + in[i];
    return sum;
  }
  if (operation == "Shape") {
    const auto sizes = in[0].sizes().vec();
    return at::tensor(sizes, at::kLong)
        .slice(0, attributes.whole("start", 0), attributes.whole("end", in[0].dim()));
  }
  if (operation == "Slice")
    return in[0].slice(in[3].item<std::int64_t>(), in[1].item<std::int64_t>(),
                       in[2].item<std::int64_t>());
  if (operation == "Gemm") {
    REQUIRE(attributes.whole("transB", 0) == 1);
    return at::matmul(in[0], in[1].t()) + in[2];
  }
  if (operation == "BatchNormalization")
    return at::batch_norm(in[0], in[1], in[2], in[3], in[4], /*training=*/false, 0,
                          attributes.number("epsilon"), /*cudnn_enabled=*/false);
  if (operation == "Resize") {
    const auto sizes = whole_numbers(in[3]);
    REQUIRE(sizes.size() == 4);
    REQUIRE(sizes[0] == in[0].size(0));
    return at::upsample_bilinear2d(in[0], {sizes[2], sizes[3]}, /*align_corners=*/false);
  }
  if (operation == "Conv") {
    REQUIRE(attributes.list("kernel_shape")[0] == in[1].size(2));
    return at::conv2d(in[0], in[1], in.size() > 2 ? in[2] : at::Tensor(),
                      attributes.list("strides"), attributes.padding(), 1,
                      attributes.whole("group", 1));
  }
  const auto window = attributes.list("kernel_shape"), strides = attributes.list("strides");
  if (operation == "MaxPool") return at::max_pool2d(in[0], window, strides, attributes.padding());
  REQUIRE(operation == "AveragePool");
  return at::avg_pool2d(in[0], window, strides, attributes.padding(), /*ceil_mode=*/false,
                        attributes.whole("count_include_pad", 0) != 0);
}

at::Tensor tensor_of(const Message& tensor) {
  const std::string bytes = tensor.texts(9).at(0);
  REQUIRE(tensor.numbers(2).at(0) == 1);  // FLOAT
  at::Tensor values = at::empty(tensor.numbers(1), at::kFloat);
  REQUIRE(values.nbytes() == bytes.size());
  std::memcpy(values.data_ptr(), bytes.data(), bytes.size());
  return values;
}

/// The logits of a model, whose nodes read only what is there before them.
at::Tensor logits_of(const Message& model, const at::Tensor& images) {
  const Message graph = model.message(7);
  std::map<std::string, at::Tensor> values{{"images", images}, {"", at::Tensor()}};
  for (const Message& tensor : graph.messages(5))
    values.emplace(tensor.texts(8).at(0), tensor_of(tensor));
  for (const Message& node : graph.messages(1)) {
    std::vector<at::Tensor> inputs;
    for (const std::string& name : node.texts(1)) inputs.push_back(values.at(name));
    CAPTURE(node.texts(4).at(0));
    CHECK(values.emplace(node.texts(2).at(0), computed(node, inputs)).second);
  }
  CHECK(graph.messages(11).at(0).texts(1).at(0) == "images");
  CHECK(graph.messages(12).at(0).texts(1).at(0) == "logits");
  return values.at("logits");
}

std::string exported_onnx(const ExportedNetwork& network, const std::string& format) {
  return export_formats().find(format).value.content(network);
}

std::unique_ptr<SearchSpace> defined_space(const std::string& file, const NetworkInput& input) {
  std::vector<std::string> problems;
  const auto path = std::filesystem::path(WRCOR_SOURCE_DIR) / "configs/spaces" / file;
  return make_defined_space(read_space_definition(read_file(path), file, problems), input);
}

/// Networks of all kinds of layers.
void check_space(const SearchSpace& space, const Genotype& genotype) {
  CAPTURE(space.name(), space.format(genotype));
  const FeatureShape image = space.input().image;
  const ExportedNetwork network = test::trained_network_of(space, genotype);
  const at::Tensor images =
      at::sin(at::arange(2 * 3 * image.height * image.width, at::kFloat) * 0.7)
          .view({2, 3, image.height, image.width});
  std::istringstream archive(exported_onnx(network, "torchscript"));
  torch::jit::Module module = torch::jit::load(archive);
  module.eval();
  const at::Tensor expected = module.forward({images}).toTensor();
  const at::Tensor logits = logits_of(Message(exported_onnx(network, "onnx")), images);
  REQUIRE(logits.sizes() == expected.sizes());
  const double scale = std::max(1.0, expected.abs().max().item<double>());
  CHECK((logits - expected).abs().max().item<double>() < 1e-5 * scale);
}

TEST_CASE("an ONNX model computes the network of a cell", "[export][onnx]") {
  const NasBench201 space({4, 1, 7, 8, 8});
  for (const std::string& arch : test::cells_of_all_kinds) check_space(space, space.parse(arch));
}

TEST_CASE("an ONNX model computes a network of every space", "[export][onnx]") {
  const NetworkInput input{{3, 32, 32}, 10};
  const auto sizes = make_space({"nats_sss", {}}, input);
  check_space(*sizes, sizes->parse("8:16:24:32:40"));
  const auto modules = make_space({"nb101", {{"stem_channels", 8}}}, input);
  Rng rng(1);
  for (int i = 0; i < 3; ++i) check_space(*modules, modules->sample(rng));
  const auto mobile = make_space({"mbv2", {}}, input);
  check_space(*mobile,
              mobile->parse("SuperConvK3BNRELU(3,16,2,1)SuperResIDWE2K3(16,24,2,16,2)"
                            "SuperResIDWE1K3(24,24,1,16,1)SuperConvK1BNRELU(24,64,1,1)@64"));
  for (const char* file : {"small-cells.yaml", "chain.yaml"}) {
    const auto space = defined_space(file, input);
    for (int i = 0; i < 2; ++i) check_space(*space, space->sample(rng));
  }
  const auto efficient = defined_space("efficientnet.yaml", {{3, 96, 96}, 10});
  check_space(*efficient, efficient->sample(rng));
}

TEST_CASE("an ONNX model says what it is", "[export][onnx]") {
  const NasBench201 space({4, 1, 7, 8, 4});
  const Message model(exported_onnx(test::network_of(space, test::cells_of_all_kinds[0]), "onnx"));
  CHECK(model.numbers(1) == std::vector<std::int64_t>{8});
  CHECK(model.texts(2).at(0) == "wrcor");
  CHECK(model.message(8).numbers(2).at(0) == onnx_opset);
  CHECK(model.messages(14).at(0).texts(1).at(0) == "architecture");
  CHECK(model.messages(14).at(0).texts(2).at(0) == test::cells_of_all_kinds[0]);
  // [N, 3, 8, 4]
  const auto sizes = model.message(7).message(11).message(2).message(1).message(2).messages(1);
  REQUIRE(sizes.size() == 4);
  CHECK(sizes[0].texts(2).at(0) == "N");
  CHECK(sizes[1].numbers(1).at(0) == 3);
  CHECK(sizes[2].numbers(1).at(0) == 8);
  CHECK(sizes[3].numbers(1).at(0) == 4);
}

}  // namespace
}  // namespace wrcor
