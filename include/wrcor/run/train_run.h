#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "wrcor/config/config.h"
#include "wrcor/data/download.h"
#include "wrcor/space/search_space.h"
#include "wrcor/train/trainer.h"

namespace wrcor {

/// Progress of a training.
struct TrainingProgress {
  int epochs = 0;
  std::int64_t batches = 0;  ///< per epoch
  TrainingPosition position;
  std::int64_t batches_done = 0;  ///< in this session
};
using TrainingProgressSink = std::function<void(const TrainingProgress&)>;

/// A finished epoch: a line of metrics.jsonl.
struct EpochMetrics {
  int epoch = 0;  ///< from 1
  double learning_rate = 0;
  double train_loss = 0;      ///< mean cross entropy over the images, during the epoch
  double train_accuracy = 0;  ///< in percent, like all accuracies
  double test_loss = 0;       ///< after the epoch, with running statistics
  double test_accuracy = 0;
  double seconds = 0;            ///< of training and evaluation
  double images_per_second = 0;  ///< of training; 0 if the clock has not advanced
};
using EpochSink = std::function<void(const EpochMetrics&)>;

nlohmann::ordered_json to_json(const EpochMetrics& metrics);
/// @throws nlohmann::json::exception when it is something else
EpochMetrics epoch_metrics(const nlohmann::ordered_json& line);

struct TrainingResult {
  std::string arch;
  Costs costs;
  nlohmann::ordered_json data;  ///< description of the data for training and evaluation
  std::string device_kind;      ///< "cpu" or "cuda"
  std::string device;
  std::vector<EpochMetrics> epochs;
  std::string weights_sha256;  ///< of weights.pt
  std::string started;         ///< of this session, ISO 8601, UTC
  double sitting_seconds = 0;

  const EpochMetrics& last() const { return epochs.back(); }
  /// The first of those with the highest accuracy on the images that it was evaluated on.
  const EpochMetrics& best() const;
};

/// Folder of one training.
struct TrainingDirectory {
  std::filesystem::path path;
  std::filesystem::path config() const { return path / "config.json"; }
  std::filesystem::path metrics() const { return path / "metrics.jsonl"; }  ///< a line per epoch
  /// Everything needed to continue; exists from the start.
  std::filesystem::path checkpoint() const { return path / "checkpoint.pt"; }
  std::filesystem::path weights() const { return path / "weights.pt"; }  ///< after the last epoch
  std::filesystem::path result() const { return path / "result.json"; }
  std::filesystem::path lock() const { return path / "lock"; }  ///< while a process writes here
  /// Whether a training was started here. @throws DataError when this cannot be determined
  bool holds_run() const;
  /// @throws UsageError when none was; DataError
  void require_run() const;
};

struct TrainingSinks {
  TrainingProgressSink progress = {};
  EpochSink epoch = {};  ///< receives the epochs of this session
  DownloadSink download = {};
};

/// Trains config.train.arch to its end in a new folder, or continues the training that a folder
/// holds, which ends with the same weights and metrics as one that was never interrupted.
///
/// The network starts with the weights of a score with the same seed, unless config.train.weights
/// names others. It is evaluated after each epoch, on the data set's test images or on those that
/// config.train.holdout excludes from training.
///
/// @param resume  continue the folder's training; without it, a folder that holds one is an error
/// @throws UsageError when the folder does not fit, holds a training of another configuration or
///         data, or is being written by another process; DataError when data is missing or a file
///         of the folder is damaged; Interrupted after a signal, when a checkpoint has been
///         written; RunError, also when the loss is no longer finite
TrainingResult run_training(const Config& config, const TrainingDirectory& directory, bool resume,
                            const TrainingSinks& sinks);

/// The document of result.json. Without its last key, `timing`, it is the same for equal trainings
/// on one machine.
nlohmann::ordered_json to_json(const TrainingResult& result, const Config& config);

}  // namespace wrcor
