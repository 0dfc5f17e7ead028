#pragma once

#include <string>
#include <vector>

namespace wrcor {

/// What a position of a chain may be.
struct ChainBlock {
  enum class Kind { identity, conv, residual, bottleneck, inverted_residual };

  std::string name;  ///< in the text of an architecture
  Kind kind = Kind::identity;
  int kernel = 3;                 ///< odd; of all kinds but identity
  double expansion = 6;           ///< of an inverted residual, at least 1: its width by its input's
  int reduction = 4;              ///< of a bottleneck: a divisor of its output's channels
  double squeeze_excitation = 0;  ///< of an inverted residual: ratio of widths; 0: without
};

/// Consecutive positions with as many output channels.
struct ChainStage {
  int layers = 1;    ///< positions
  int channels = 0;  ///< of their outputs
  int stride = 1;    ///< of the first of them
  std::vector<ChainBlock> choices;
};

/// A space of chains as its author writes it: a stem, positions that each are one of some blocks, a
/// head.
struct ChainDefinition {
  struct Stem {
    int channels = 32;
    int kernel = 3;  ///< odd
    int stride = 1;
  };

  std::string name;
  Stem stem;
  std::vector<ChainStage> stages;
  int head_channels = 0;  ///< 0: no head
  double batch_norm_epsilon = 1e-5;
};

}  // namespace wrcor
