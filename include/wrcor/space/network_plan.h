#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace wrcor {

/// Channels, height and width of one image or feature map.
struct FeatureShape {
  int channels = 0;
  int height = 0;
  int width = 0;
  bool operator==(const FeatureShape&) const = default;
};

enum class LayerKind {
  input,           ///< the minibatch
  convolution,     ///< no bias, groups 1, dilation 1
  batch_norm,      ///< affine, eps 1e-5, statistics of the minibatch
  relu,            ///< a new tensor: the input stays as it was
  average_pool,    ///< padded positions do not count in the mean
  sum,             ///< of all inputs, left to right
  zero,            ///< zeros of the input's shape; no gradient passes
  global_average,  ///< mean over height and width
  linear,          ///< with bias
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
  /// How many modules of the published network, containers included, give this layer's output.
  int modules = 0;
};

/// A ReLU that the response proxies look at.
struct ResponseSite {
  int relu = 0;  ///< position of the ReLU layer
  /// The convolution that it feeds inside a ReLU-Conv-BN block; -1 outside of one.
  int convolution = -1;
  int unit = 0;           ///< top-level element of the network that holds it, from 0
  bool in_place = false;  ///< the published network overwrites this ReLU's input
};

/// A network as data, free of libtorch: layers in order of execution, the last one gives the logits
/// [N, classes]. `nn/` builds and runs it; costs are sums over it.
struct NetworkPlan {
  std::vector<Layer> layers;
  std::vector<ResponseSite> sites;
  /// Layers whose outputs are those of the primary blocks: the stem's, then every cell's. A block
  /// that hands its input on has the layer of the block before it.
  std::vector<int> blocks;

  /// Position of the layer that gives the logits.
  int logits() const { return static_cast<int>(layers.size()) - 1; }

  /// Trainable scalars: weights, biases, batch-norm gamma and beta.
  std::int64_t params() const;
  /// Multiply-accumulates of convolution and linear weights for one image.
  std::int64_t flops() const;
};

}  // namespace wrcor
