#pragma once

#include <cstdint>

#include "wrcor/config/config.h"

namespace wrcor {

/// Seeds of the parts of a run, all derived from run.seed.
struct Seeds {
  std::uint64_t data;      ///< of the minibatch
  std::uint64_t weights;   ///< of weights and of noise
  std::uint64_t search;    ///< of the strategy
  std::uint64_t training;  ///< of the choice of images, their order and their augmentation
};

Seeds seeds(const Config& config);

}  // namespace wrcor
