#include "record/training_result.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>

#include "config/config_documents.h"
#include "core/json_schema_parts.h"
#include "core/schema_version.h"
#include "wrcor/config/config_loader.h"
#include "wrcor/core/version.h"

namespace wrcor {
namespace {

using Json = nlohmann::ordered_json;

/// The part that is the same whenever the epoch is trained.
Json outcome(const EpochMetrics& metrics) {
  return {{"epoch", metrics.epoch},           {"learning_rate", metrics.learning_rate},
          {"train_loss", metrics.train_loss}, {"train_accuracy", metrics.train_accuracy},
          {"test_loss", metrics.test_loss},   {"test_accuracy", metrics.test_accuracy}};
}

/// Of outcome().
std::vector<json_schema_parts::Member> epoch_members() {
  using namespace json_schema_parts;
  return {{"epoch", whole_number()},    {"learning_rate", number()}, {"train_loss", number()},
          {"train_accuracy", number()}, {"test_loss", number()},     {"test_accuracy", number()}};
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

Json to_json(const TrainingResult& result, const RunSpec& spec) {
  double seconds = 0;
  for (const EpochMetrics& epoch : result.epochs) seconds += epoch.seconds;
  return {{"schema_version", schema_version::training},
          {"tool", {{"name", "wrcor"}, {"version", version}}},
          {"libtorch", result.platform.libtorch},
          {"device", result.device_kind},
          {"config", result_config(spec.config, Purpose::training)},
          {"seeds",
           {{"weights", fmt::format("{:016x}", spec.seeds.weights)},
            {"training", fmt::format("{:016x}", spec.seeds.training)}}},
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
            {"sitting_seconds", result.session_seconds},
            {"device", result.device},
            {"machine", machine_name()},
            {"processor", result.platform.processor},
            {"blas", result.platform.blas}}}};
}

nlohmann::ordered_json training_schema() {
  using namespace json_schema_parts;
  const Schema part = object({{"images", whole_number()}, {"sha256", hexadecimal(64)}});
  const Schema test = object({{"images", whole_number()},
                              {"held_out", {{"type", "boolean"}}},
                              {"sha256", hexadecimal(64)}});
  const Schema data = object(
      {{"dataset", text()}, {"classes", whole_number()}, {"training", part}, {"test", test}});
  const Schema timing = object({{"started", time_of_day()},
                                {"seconds", number()},
                                {"sitting_seconds", number()},
                                {"device", text()},
                                {"machine", text()},
                                {"processor", text()},
                                {"blas", text()}});
  return document(
      "training", schema_version::training, "Result of a training",
      object({{"schema_version", constant(schema_version::training)},
              {"tool", tool()},
              {"libtorch", text()},
              {"device", one_of_texts({"cpu", "cuda"})},
              {"config", result_settings_schema(Purpose::training)},
              {"seeds", object({{"weights", hexadecimal(16)}, {"training", hexadecimal(16)}})},
              {"data", data},
              {"arch", text()},
              {"params", whole_number()},
              {"flops", whole_number()},
              {"last", object(epoch_members())},
              {"best", object(epoch_members())},
              {"weights", object({{"file", text()}, {"sha256", hexadecimal(64)}})},
              {"timing", timing}}));
}

nlohmann::ordered_json metrics_schema() {
  using namespace json_schema_parts;
  return document("metrics", schema_version::training,
                  "Line of the metrics of a training, an epoch; accuracies in percent",
                  object(joined(joined({{"check", hexadecimal(16)}}, epoch_members()),
                                {{"seconds", number()}, {"images_per_second", number()}})));
}

}  // namespace wrcor
