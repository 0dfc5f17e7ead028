#pragma once

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "wrcor/config/run_spec.h"
#include "wrcor/record/scoring_conditions.h"
#include "wrcor/space/search_space.h"

namespace wrcor {

/// A finished epoch: a line of metrics.jsonl.
struct EpochMetrics {
  int epoch = 0;  ///< from 1
  double learning_rate = 0;
  double train_loss = 0;      ///< mean cross entropy of an image, while the network was trained
  double train_accuracy = 0;  ///< in percent, as are all
  double test_loss = 0;       ///< after the epoch, with running statistics
  double test_accuracy = 0;
  double seconds = 0;            ///< of training and evaluation
  double images_per_second = 0;  ///< of training; 0 where the clock has not moved
};

nlohmann::ordered_json to_json(const EpochMetrics& metrics);
/// @throws nlohmann::json::exception when it is something else
EpochMetrics epoch_metrics(const nlohmann::ordered_json& line);

struct TrainingResult {
  std::string arch;
  Costs costs;
  nlohmann::ordered_json data;  ///< what it was trained and evaluated on
  std::string device_kind;      ///< "cpu" or "cuda"
  std::string device;
  Platform platform;
  std::vector<EpochMetrics> epochs;
  std::string weights_sha256;  ///< of weights.pt
  std::string started;         ///< of this session, ISO 8601, UTC
  double session_seconds = 0;

  const EpochMetrics& last() const { return epochs.back(); }
  /// The first of those with the highest accuracy on the images that it was evaluated on.
  const EpochMetrics& best() const;
};

/// The document of result.json. Without its last key, `timing`, it is the same for equal trainings
/// on one machine.
nlohmann::ordered_json to_json(const TrainingResult& result, const RunSpec& spec);

/// JSON Schemas of a training's result.json, and of a line of metrics.jsonl.
nlohmann::ordered_json training_schema();
nlohmann::ordered_json metrics_schema();

}  // namespace wrcor
