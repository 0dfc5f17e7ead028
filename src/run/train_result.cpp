#include <spdlog/fmt/fmt.h>

#include <algorithm>

#include "run_folder.h"
#include "wrcor/config/config_loader.h"
#include "wrcor/config/seeds.h"
#include "wrcor/core/processor.h"
#include "wrcor/core/schema_version.h"
#include "wrcor/core/version.h"
#include "wrcor/eval/device.h"
#include "wrcor/run/train_run.h"

namespace wrcor {
namespace {

using Json = nlohmann::ordered_json;

/// The part that does not depend on when the epoch is trained.
Json outcome(const EpochMetrics& metrics) {
  return {{"epoch", metrics.epoch},           {"learning_rate", metrics.learning_rate},
          {"train_loss", metrics.train_loss}, {"train_accuracy", metrics.train_accuracy},
          {"test_loss", metrics.test_loss},   {"test_accuracy", metrics.test_accuracy}};
}

}  // namespace

Json to_json(const EpochMetrics& metrics) {
  Json line = outcome(metrics);
  line["seconds"] = metrics.seconds;
  line["images_per_second"] = metrics.images_per_second;
  return line;
}

EpochMetrics epoch_metrics(const Json& line) {
  const auto number = [&line](const char* name) { return line.at(name).get<double>(); };
  return {.epoch = line.at("epoch").get<int>(),
          .learning_rate = number("learning_rate"),
          .train_loss = number("train_loss"),
          .train_accuracy = number("train_accuracy"),
          .test_loss = number("test_loss"),
          .test_accuracy = number("test_accuracy"),
          .seconds = number("seconds"),
          .images_per_second = number("images_per_second")};
}

const EpochMetrics& TrainingResult::best() const {
  return *std::ranges::max_element(epochs, {}, &EpochMetrics::test_accuracy);
}

Json to_json(const TrainingResult& result, const Config& config) {
  const Seeds its = seeds(config);
  double seconds = 0;
  for (const EpochMetrics& epoch : result.epochs) seconds += epoch.seconds;
  return {{"schema_version", schema_version::training},
          {"tool", {{"name", "wrcor"}, {"version", version}}},
          {"libtorch", libtorch_version()},
          {"device", result.device_kind},
          {"config", result_config(config, Purpose::training)},
          {"seeds",
           {{"weights", fmt::format("{:016x}", its.weights)},
            {"training", fmt::format("{:016x}", its.training)}}},
          {"data", result.data},
          {"arch", result.arch},
          {"params", result.costs.params},
          {"flops", result.costs.flops},
          {"last", outcome(result.last())},
          {"best", outcome(result.best())},
          {"weights", {{"file", "weights.pt"}, {"sha256", result.weights_sha256}}},
          {"timing",
           {{"started", result.started},
            {"seconds", seconds},
            {"sitting_seconds", result.sitting_seconds},
            {"device", result.device},
            {"machine", machine_name()},
            {"processor", processor_name()},
            {"blas", blas_library()}}}};
}

}  // namespace wrcor
