#pragma once

namespace wrcor {

/// Distribution of convolution and linear weights. Batch-norm gamma is 1 and beta 0 in all of them.
enum class Initialisation {
  standard,  ///< uniform(-b, b), b = 1 / sqrt(fan_in), linear bias alike: libtorch's default; named
             ///< "default"
  xavier,    ///< normal, standard deviation sqrt(2 / (fan_in + fan_out))
  kaiming,   ///< normal, standard deviation sqrt(2 / fan_in)
  normal,    ///< standard normal
};

/// Whether architectures of one run share the weights of equal slots.
enum class WeightsMode {
  shared,       ///< a weight depends on seed, parameter name and shape only
  independent,  ///< and on the architecture
};

}  // namespace wrcor
