#include "internal/train_images.h"

#include <cmath>
#include <numeric>
#include <optional>

#include "core/processor.h"
#include "internal/resources.h"
#include "run/interrupt.h"
#include "wrcor/core/error.h"
#include "wrcor/core/random.h"

namespace wrcor {
namespace {

using Indices = std::vector<std::int64_t>;

constexpr std::int64_t fewest_for_training = 2;

Indices all_of(const Dataset& dataset) {
  Indices all(static_cast<std::size_t>(dataset.size()));
  std::iota(all.begin(), all.end(), std::int64_t{0});
  return all;
}

/// This many of them, drawn at random; all if unset.
/// @param flag  that asks
Indices drawn(const Indices& from, const std::optional<std::int64_t>& count, const char* flag,
              std::uint64_t seed) {
  if (!count) return from;
  const auto available = static_cast<std::int64_t>(from.size());
  if (*count > available) {
    throw UsageError(std::string(flag) + ": expected at most the " + std::to_string(available) +
                     " images that there are, got " + std::to_string(*count));
  }
  Indices chosen;
  for (const std::int64_t place : draw_parts(available, *count, seed).first)
    chosen.push_back(from[static_cast<std::size_t>(place)]);
  return chosen;
}

ImageParts held_out(const Dataset& dataset, double part, std::uint64_t seed) {
  const std::int64_t size = dataset.size();
  const auto kept = std::max<std::int64_t>(1, std::llround(static_cast<double>(size) * part));
  if (size - kept < fewest_for_training) {
    throw UsageError("--holdout: of " + std::to_string(size) + " images it leaves " +
                     std::to_string(size - kept) + " to train on, expected " +
                     std::to_string(fewest_for_training) + " or more");
  }
  return draw_parts(size, size - kept, seed);
}

}  // namespace

nlohmann::ordered_json TrainingImages::description() const {
  return {{"dataset", training.info.name},
          {"classes", training.info.classes},
          {"training", {{"images", training.size()}, {"sha256", training.sha256()}}},
          {"test", {{"images", test.size()}, {"held_out", held_out}, {"sha256", test.sha256()}}}};
}

TrainingImages read_training_images(const RunSpec& spec, const DownloadSink& download,
                                    const std::function<void()>& stop_point) {
  const InterruptibleWait wait;
  const Config& config = spec.config;
  const Config::Train& wanted = config.train;
  const auto seed = [&](const char* what) {
    return derive_seed(spec.seeds.training, {"images", what});
  };
  const auto read = [&](const Dataset& dataset, const Indices& indices) {
    return read_images(dataset, indices, usable_cores(), stop_point);
  };
  const auto for_training = open_dataset(config, Split::training, download);
  Indices training = all_of(*for_training);
  if (wanted.holdout) {
    ImageParts parts = held_out(*for_training, *wanted.holdout, seed("holdout"));
    training = drawn(parts.first, wanted.images, "--train-images", seed("training"));
    const Indices test = drawn(parts.second, wanted.test_images, "--test-images", seed("test"));
    return {read(*for_training, training), read(*for_training, test), /*held_out=*/true};
  }
  const auto for_test = open_dataset(config, Split::test, download);
  training = drawn(training, wanted.images, "--train-images", seed("training"));
  const Indices test = drawn(all_of(*for_test), wanted.test_images, "--test-images", seed("test"));
  if (static_cast<std::int64_t>(training.size()) < fewest_for_training)
    throw DataError(for_training->info().name + ": found one image, expected two or more");
  return {read(*for_training, training), read(*for_test, test)};
}

}  // namespace wrcor
