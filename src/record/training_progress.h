#pragma once

#include <cstdint>
#include <functional>

#include "train/training_position.h"

namespace wrcor {

/// How far a training has come.
struct TrainingProgress {
  int epochs = 0;
  std::int64_t batches = 0;  ///< of an epoch
  TrainingPosition position;
  std::int64_t batches_done = 0;  ///< in this session
};
using TrainingProgressSink = std::function<void(const TrainingProgress&)>;

}  // namespace wrcor
