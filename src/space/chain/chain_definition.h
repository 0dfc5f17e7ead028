#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace wrcor {

/// What a position of a chain may be.
struct ChainBlock {
  enum class Kind { identity, conv, residual, bottleneck, inverted_residual, none };

  std::string name;  ///< in the text of an architecture
  Kind kind = Kind::identity;
  int kernel = 3;                 ///< odd; of all kinds but identity and none
  double expansion = 6;           ///< of an inverted residual, at least 1: its width by its input's
  int reduction = 4;              ///< of a bottleneck: a divisor of its output's channels
  double squeeze_excitation = 0;  ///< of an inverted residual: ratio of widths; 0: without
  /// Of an inverted residual: ratio to the width of its input, with biases instead of batch norms,
  /// as in EfficientNet; 0: without.
  double input_squeeze_excitation = 0;
  int layers = 1;  ///< blocks in a row; the first has the stride and changes the channels
  int widen = 1;   ///< factor of the channels
  int stride = 1;  ///< times that of the position
};

/// Consecutive positions. Those left out (kind none) are the last of their stage.
struct ChainStage {
  int layers = 1;    ///< positions
  int channels = 0;  ///< of the first output; 0: as many as its input
  int stride = 1;    ///< of the first of them
  std::vector<ChainBlock> choices;
};

/// A space of chains as its author writes it: a stem, positions that each hold one of several
/// blocks, and a head.
struct ChainDefinition {
  /// A convolution, a batch norm, an activation.
  struct Stem {
    int channels = 32;
    int kernel = 3;  ///< odd
    int stride = 1;
  };
  enum class Activation { relu, swish };
  /// Of the layers of a part. activation_first: the images and the shortcuts have no activation,
  /// and nothing follows a sum, as in NAS-Bench-201 and TransNAS-Bench-101.
  enum class Order { activation_last, activation_first };
  /// Of a product of factors.
  struct Range {
    std::int64_t least = 1;
    std::optional<std::int64_t> most{};
  };

  std::string name;
  Stem stem;
  std::vector<ChainStage> stages;
  int head_channels = 0;  ///< 0: no head
  double batch_norm_epsilon = 1e-5;
  std::vector<Stem> further_stem{};  ///< after the first layer
  Activation activation = Activation::relu;
  Order order = Order::activation_last;
  Range widen{};   ///< of the product of all blocks' factors of one network
  Range stride{};  ///< likewise
};

}  // namespace wrcor
