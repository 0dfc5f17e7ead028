#pragma once

#include <functional>

#include "record/run_directory.h"
#include "record/training_progress.h"
#include "record/training_result.h"
#include "wrcor/config/run_spec.h"
#include "wrcor/data/download.h"
#include "wrcor/record/progress.h"

namespace wrcor {

using EpochSink = std::function<void(const EpochMetrics&)>;

struct TrainingSinks {
  TrainingProgressSink progress = {};
  EpochSink epoch = {};  ///< receives the epochs of this session
  DownloadSink download = {};
};

/// Trains config.train.arch in a new folder, or continues the training in a folder, which ends with
/// the same weights and metrics as one that was never interrupted.
///
/// The network starts with the weights of a score with the same seed, unless config.train.weights
/// names others. It is evaluated after each epoch, on the data set's test images or on those that
/// config.train.holdout excludes from training.
///
/// @param spec    of a configuration for trainings; config.train.arch is an architecture string
/// @param resume  continue the folder's training; without it, a folder that holds one is an error
/// @throws UsageError when the folder does not fit, holds a training of another configuration or
///         data, or is being written by another process; DataError when data is missing or a file
///         of the folder is damaged; Interrupted after a signal, when a checkpoint has been
///         written; RunError, also when the loss is not a number any more
TrainingResult run_training(const RunSpec& spec, const TrainingDirectory& directory, bool resume,
                            const TrainingSinks& sinks);

}  // namespace wrcor
