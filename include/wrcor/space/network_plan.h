#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace wrcor {

enum class ParameterRole {
  weight,       ///< of a convolution or linear layer: other initialisations replace these
  bias,         ///< of a convolution or linear layer
  coefficient,  ///< gamma or beta of a batch norm
};

/// Where a parameter starts before any training.
struct Distribution {
  enum class Kind { constant, uniform, normal };
  Kind kind = Kind::constant;
  double size = 0;  ///< the constant; half the width around 0; the standard deviation around 0
};

/// A trainable tensor of a network: its name in the state dict, its shape and what it is for.
struct Parameter {
  std::string name;
  std::vector<std::int64_t> shape;
  ParameterRole role = ParameterRole::weight;
  std::int64_t fan_in = 1;   ///< inputs of one output: input channels of a group times kernel area
  std::int64_t fan_out = 1;  ///< output channels times kernel area, or output features
  Distribution initial{};    ///< the default of the space

  std::int64_t size() const;  ///< scalars
};

/// A tensor of the state dict that training updates without gradients: what batch norms count.
struct Buffer {
  std::string name;
  std::vector<std::int64_t> shape;
  double initial = 0;
  bool is_counter = false;  ///< of minibatches, int64; PyTorch has had it since 0.4.1
};

/// Which responses a network has.
enum class Counting {
  reference,  ///< as the published implementation counts
  paper,      ///< every ReLU once, its input and the gradient there
};

/// Channels, height and width of one image or feature map.
struct FeatureShape {
  int channels = 0;
  int height = 0;
  int width = 0;
  bool operator==(const FeatureShape&) const = default;
};

enum class LayerKind {
  input,  ///< the minibatch
#define WRCOR_LAYER_KIND(kind) kind,
#include "wrcor/space/layer_kinds.inc"
#undef WRCOR_LAYER_KIND
};

/// One step of a network: reads the outputs of earlier layers, makes one tensor.
struct Layer {
  LayerKind kind = LayerKind::input;
  std::vector<int> inputs{};  ///< positions of earlier layers in NetworkPlan::layers
  FeatureShape out;
  /// Place in the network: a path, that of its tensors in a state dict where it has any
  /// ("cells.3.layers.0.op.1"). Layers of different networks with one name do their work at the
  /// same place.
  std::string name{};
  int kernel = 0;
  int stride = 1;
  int padding = 0;
  int groups = 1;
  int first_channel = 0;  ///< of the input, where a narrow layer starts
  double epsilon = 1e-5;  ///< of a batch norm
  /// How many modules of the published network, containers included, give this layer's output.
  int modules = 0;
  std::vector<Parameter> parameters{};  ///< weight first
  std::vector<Buffer> buffers{};        ///< of a batch norm: running mean, variance, minibatches
};

enum class Side { activation, gradient };
std::string_view to_string(Side side);

/// An instruction to read one tensor of a network: a response.
struct Tap {
  /// Activation: the output of this layer. Gradient: the gradient at this layer's input.
  int layer = 0;
  Side side = Side::activation;
  int unit = 0;          ///< top-level element that the response belongs to, from 0
  int multiplicity = 1;  ///< how many times the response counts
  bool operator==(const Tap&) const = default;
};

/// A network as data, free of libtorch: layers in order of execution, the last one gives the logits
/// [N, classes]. `nn/` builds and runs it; costs are sums over it.
struct NetworkPlan {
  std::vector<Layer> layers;
  /// By Counting. Responses of one tensor in one unit are one activation tap with their joint
  /// multiplicity.
  std::array<std::vector<Tap>, 2> taps;
  /// Layers whose outputs are those of the primary blocks: the stem's, then every cell's. For a
  /// block that passes its input on, this is the layer of the block before it.
  std::vector<int> blocks;
  int features = 0;  ///< the layer whose output the classifier pools, [N, C, H, W]

  /// Position of the layer that gives the logits.
  int logits() const { return static_cast<int>(layers.size()) - 1; }
  const std::vector<Tap>& responses(Counting counting) const {
    return taps[static_cast<std::size_t>(counting)];
  }

  /// Trainable scalars: weights, biases, batch-norm gamma and beta.
  std::int64_t params() const;
  /// Multiply-accumulates of convolution and linear weights for one image.
  std::int64_t flops() const;
};

}  // namespace wrcor
