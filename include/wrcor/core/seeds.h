#pragma once

#include <cstdint>

namespace wrcor {

/// Seeds of the parts of a run, all derived from its own.
struct Seeds {
  std::uint64_t data;      ///< of the minibatch
  std::uint64_t weights;   ///< of weights and of noise
  std::uint64_t search;    ///< of the strategy
  std::uint64_t training;  ///< of the choice of images, their order and their augmentation
};

/// @param run  seed of the run
Seeds seeds_of(std::uint64_t run);

}  // namespace wrcor
