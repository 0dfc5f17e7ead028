#pragma once

#include <cstdint>

namespace wrcor {

/// The performance of a network on a number of images.
struct Performance {
  double loss_sum = 0;  ///< cross entropy of all images together
  std::int64_t correct = 0;
  std::int64_t images = 0;

  double loss() const { return loss_sum / static_cast<double>(images); }  ///< mean of an image
  double accuracy() const {                                               ///< in percent
    return 100 * static_cast<double>(correct) / static_cast<double>(images);
  }
};

/// How far a training has come.
struct TrainingPosition {
  int epoch = 0;           ///< from 0; that many are over
  std::int64_t batch = 0;  ///< that many of the epoch are over
  Performance seen = {};   ///< in them, each before the step that it led to
  double seconds = 0;      ///< of training on them
};

}  // namespace wrcor
