#include "nn/convolution.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <array>
#include <stdexcept>
#include <vector>

#include "feature_images.h"
#include "nn/kernels/convolution_kernels.h"
#include "nn/vector_code.h"
#include "operators.h"

namespace wrcor {
namespace {

/// One filter a channel: as many outputs as inputs.
bool is_depthwise(const at::Tensor& weight, const Layer& layer) {
  return layer.groups > 1 && layer.groups == weight.size(0) && weight.size(1) == 1;
}

/// Fewer channels than this leave most of a vector empty.
constexpr std::int64_t few = 4;

/// Whether there is vector code for a group that makes this many channels.
bool makes(std::int64_t channels, const at::Tensor& values, const at::Tensor& weight,
           const Layer& layer) {
  return has_vector_code(values) && has_vector_code(weight) &&
         (channels >= few || is_depthwise(weight, layer));
}

/// Whether the images keep their size and a kernel for this case exists.
bool keeps_size(const at::Tensor& weight, const Layer& layer) {
  return std::min(weight.size(0), weight.size(1)) >= few &&
         (layer.kernel == 1 || layer.kernel == 3) && layer.stride == 1 &&
         layer.padding == layer.kernel / 2;
}

at::Tensor empty_images(const at::Tensor& like, std::int64_t channels, std::int64_t height,
                        std::int64_t width) {
  return at::empty({like.size(0), channels, height, width}, like.options(),
                   at::MemoryFormat::ChannelsLast);
}

int to_int(std::int64_t size) { return static_cast<int>(size); }

/// @param source  channels-last
/// @param weights  [k, k, inputs, outputs]
at::Tensor convolved(const at::Tensor& source, const at::Tensor& weights, Tile tile,
                     const ReluFusion& fusion) {
  at::Tensor output = empty_images(source, weights.size(3), source.size(2), source.size(3));
  const ConvolutionSize size{to_int(source.size(0)), to_int(source.size(2)), to_int(source.size(3)),
                             to_int(weights.size(2)), to_int(weights.size(3))};
  const auto* from = source.data_ptr<float>();
  const auto* factors = weights.data_ptr<float>();
  auto* to = output.data_ptr<float>();
  if (weights.size(0) == 1) {
    pointwise_convolution(from, factors, size, fusion, to);
  } else {
    winograd_convolution(from, factors, size, tile, fusion, to);
  }
  return output;
}

StridedSize strided_size(const FeatureShape& input, const at::Tensor& output, const Layer& layer) {
  return {.images = to_int(output.size(0)),
          .input_height = input.height,
          .input_width = input.width,
          .output_height = to_int(output.size(2)),
          .output_width = to_int(output.size(3)),
          .inputs = input.channels,
          .outputs = to_int(output.size(1)),
          .kernel = layer.kernel,
          .stride = layer.stride,
          .padding = layer.padding};
}

FeatureShape shape_of(const at::Tensor& images) {
  return {to_int(images.size(1)), to_int(images.size(2)), to_int(images.size(3))};
}

/// The kernels do not check the sizes.
void require_weights(const at::Tensor& weight, std::int64_t outputs, std::int64_t inputs,
                     const Layer& layer) {
  if (weight.sizes() != at::IntArrayRef({outputs, inputs, layer.kernel, layer.kernel}))
    throw std::logic_error("a convolution's weights do not fit its layer or the images");
}

at::Tensor empty_outputs(const at::Tensor& source, std::int64_t channels, const Layer& layer) {
  const auto length = [&](std::int64_t of_input) {
    const std::int64_t places = of_input + 2 * layer.padding - layer.kernel;
    if (places < 0) throw std::logic_error("a convolution's kernel is larger than the images");
    return places / layer.stride + 1;
  };
  return empty_images(source, channels, length(source.size(2)), length(source.size(3)));
}

/// [kernel, kernel, channels]
at::Tensor depthwise_weights(const at::Tensor& weight) {
  return weight.squeeze(1).permute({1, 2, 0}).contiguous();
}

at::Tensor depthwise_forward(const at::Tensor& source, const at::Tensor& weight, const Layer& layer,
                             const ReluFusion& fusion) {
  at::Tensor output = empty_outputs(source, weight.size(0), layer);
  depthwise_convolution(source.data_ptr<float>(), depthwise_weights(weight).data_ptr<float>(),
                        strided_size(shape_of(source), output, layer), fusion,
                        output.data_ptr<float>());
  return output;
}

at::Tensor forward(const at::Tensor& input, const at::Tensor& weight, const Layer& layer,
                   const ReluFusion& fusion = {}) {
  const at::Tensor source = input.contiguous(at::MemoryFormat::ChannelsLast);
  if (is_depthwise(weight, layer)) {
    require_weights(weight, input.size(1), 1, layer);
    return depthwise_forward(source, weight, layer, fusion);
  }
  require_weights(weight, weight.size(0), input.size(1), layer);
  const at::Tensor weights = weight.permute({2, 3, 1, 0}).contiguous();
  if (keeps_size(weight, layer)) return convolved(source, weights, Tile::small, fusion);
  at::Tensor output = empty_outputs(source, weight.size(0), layer);
  im2col_convolution(source.data_ptr<float>(), weights.data_ptr<float>(),
                     strided_size(shape_of(source), output, layer), fusion,
                     output.data_ptr<float>());
  return output;
}

at::Tensor backward(const at::Tensor& gradient, const FeatureShape& shape, const at::Tensor& weight,
                    const Layer& layer, const ReluFusion& fusion = {}) {
  const at::Tensor source = gradient.contiguous(at::MemoryFormat::ChannelsLast);
  const auto empty_inputs = [&] {
    return empty_images(source, shape.channels, shape.height, shape.width);
  };
  if (is_depthwise(weight, layer)) {
    require_weights(weight, shape.channels, 1, layer);
    at::Tensor at_input = empty_inputs();
    depthwise_gradient(source.data_ptr<float>(), depthwise_weights(weight).data_ptr<float>(),
                       strided_size(shape, source, layer), fusion, at_input.data_ptr<float>());
    return at_input;
  }
  require_weights(weight, gradient.size(1), shape.channels, layer);
  const at::Tensor weights = weight.permute({2, 3, 0, 1});
  // The gradient is convolved with the filter rotated by 180 degrees.
  if (keeps_size(weight, layer))
    return convolved(source, weights.flip({0, 1}).contiguous(), Tile::large, fusion);
  at::Tensor at_input = empty_inputs();
  im2col_gradient(source.data_ptr<float>(), weights.contiguous().data_ptr<float>(),
                  strided_size(shape, source, layer), fusion, at_input.data_ptr<float>());
  return at_input;
}

/// Calls work with the layer of one group and the group's weights, for all groups.
template <typename Work>
at::Tensor by_group(const at::Tensor& weight, const Layer& layer, const Work& work) {
  Layer one = layer;
  one.groups = 1;
  std::vector<at::Tensor> parts;
  for (const at::Tensor& its : weight.chunk(layer.groups))
    parts.push_back(work(one, its, static_cast<std::int64_t>(parts.size())));
  return at::cat(parts, 1).contiguous(at::MemoryFormat::ChannelsLast);
}

bool has_groups(const at::Tensor& weight, const Layer& layer) {
  return layer.groups > 1 && !is_depthwise(weight, layer);
}

auto gradients(const at::Tensor& gradient, const at::Tensor& input, const at::Tensor& weight,
               const Layer& layer, std::array<bool, 3> wanted) {
  return at::convolution_backward(gradient, input, weight, at::OptionalIntArrayRef(),
                                  {layer.stride, layer.stride}, {layer.padding, layer.padding},
                                  {1, 1}, /*transposed=*/false, {0, 0}, layer.groups, wanted);
}

class Convolution final : public Operator {
 public:
  at::Tensor forward(const ForwardStep& step) const override {
    const auto& [weight, bias] = step.weights;
    const at::Tensor& input = step.inputs.front();
    const at::Tensor product = step.fused_relu ? relu_convolution(input, weight, step.layer)
                                               : convolution(input, weight, step.layer);
    return bias.defined() ? product + bias.view({1, -1, 1, 1}) : product;
  }

  at::Tensor input_gradient(const BackwardStep& step, std::size_t) const override {
    const FeatureShape& in = step.shapes.front();
    const at::Tensor& weight = step.weights.weight;
    if (!step.relu_mask.defined())
      return convolution_input_gradient(step.gradient, in, weight, step.layer);
    return relu_convolution_input_gradient(step.gradient, step.relu_mask, in, weight, step.layer);
  }

  at::Tensor weight_gradient(const BackwardStep& step) const override {
    return convolution_weight_gradient(step.gradient, step.inputs.front(), step.weights.weight,
                                       step.layer);
  }

  bool fuses_relu(const Layer& layer, const Network::LayerWeights& weights) const override {
    return wrcor::fuses_relu(weights.weight, layer);
  }

  TorchScript torchscript(const Layer& layer, std::span<const std::string> inputs) const override {
    const bool has_bias = layer.parameters.size() > 1;
    const std::string groups = layer.groups == 1 ? "" : fmt::format(", [1, 1], {}", layer.groups);
    return {fmt::format("torch.conv2d({}, self.weight, {}, {}, {}{})", inputs.front(),
                        has_bias ? "self.bias" : "None", pair_text(layer.stride),
                        pair_text(layer.padding), groups),
            "Conv2d"};
  }
};

}  // namespace

const Operator& convolution_operator() {
  static const Convolution instance;
  return instance;
}

at::Tensor convolution(const at::Tensor& input, const at::Tensor& weight, const Layer& layer) {
  if (!makes(weight.size(0) / layer.groups, input, weight, layer))
    return at::conv2d(input, weight, {}, layer.stride, layer.padding, /*dilation=*/1, layer.groups);
  if (!has_groups(weight, layer)) return forward(input, weight, layer);
  const std::vector<at::Tensor> inputs = input.chunk(layer.groups, 1);
  return by_group(weight, layer, [&](const Layer& one, const at::Tensor& its, std::int64_t group) {
    return forward(inputs.at(static_cast<std::size_t>(group)), its, one);
  });
}

at::Tensor convolution_input_gradient(const at::Tensor& gradient, const FeatureShape& shape,
                                      const at::Tensor& weight, const Layer& layer) {
  if (!makes(weight.size(1), gradient, weight, layer)) {
    return std::get<0>(
        gradients(gradient, feature_images(gradient, shape), weight, layer, {true, false, false}));
  }
  if (!has_groups(weight, layer)) return backward(gradient, shape, weight, layer);
  const std::vector<at::Tensor> parts = gradient.chunk(layer.groups, 1);
  const FeatureShape of_group{shape.channels / layer.groups, shape.height, shape.width};
  return by_group(weight, layer, [&](const Layer& one, const at::Tensor& its, std::int64_t group) {
    return backward(parts.at(static_cast<std::size_t>(group)), of_group, its, one);
  });
}

bool fuses_relu(const at::Tensor& weight, const Layer& layer) {
  const bool enough = std::min(weight.size(0), weight.size(1)) >= few;
  return has_vector_code(weight) && (layer.groups == 1 ? enough : is_depthwise(weight, layer));
}

at::Tensor relu_convolution(const at::Tensor& input, const at::Tensor& weight, const Layer& layer) {
  return forward(input, weight, layer, {.of_input = true});
}

at::Tensor relu_mask(const at::Tensor& input) {
  const at::Tensor values = input.contiguous(at::MemoryFormat::ChannelsLast);
  const std::int64_t bytes = (values.numel() + 7) / 8 + relu_mask_slack;
  at::Tensor mask = at::empty({bytes}, values.options().dtype(at::kByte));
  relu_mask(values.data_ptr<float>(), static_cast<std::size_t>(values.numel()),
            mask.data_ptr<std::uint8_t>());
  return mask;
}

at::Tensor relu_convolution_input_gradient(const at::Tensor& gradient, const at::Tensor& mask,
                                           const FeatureShape& shape, const at::Tensor& weight,
                                           const Layer& layer) {
  return backward(gradient, shape, weight, layer, {.mask = mask.data_ptr<std::uint8_t>()});
}

at::Tensor convolution_weight_gradient(const at::Tensor& gradient, const at::Tensor& input,
                                       const at::Tensor& weight, const Layer& layer) {
  return std::get<1>(gradients(gradient, input, weight, layer, {false, true, false}));
}

std::vector<OnnxNode> convolution_onnx(const OnnxStep& step) {
  std::vector<std::string> read{step.inputs.front()};
  for (const Parameter& parameter : step.layer.parameters) read.push_back(parameter.name);
  std::vector<OnnxAttribute> attributes = onnx_window(step.layer);
  attributes.push_back({"group", step.layer.groups});
  return {{"Conv", std::move(read), step.output, std::move(attributes)}};
}

}  // namespace wrcor
