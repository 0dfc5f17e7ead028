#pragma once

#include <cstdint>
#include <string>
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

}  // namespace wrcor
