#include "run/train_run.h"

#include <csignal>

#include "core/file.h"
#include "minibatch/tensor_file.h"
#include "report/training_report.h"
#include "run/interrupt.h"
#include "support/document_check.h"
#include "unit/data/fixtures.h"

namespace wrcor {
namespace {

using test::message_of;
using test::TemporaryFolder;

constexpr const char* architecture =
    "|nor_conv_1x1~0|+|none~0|skip_connect~1|+|none~0|none~1|nor_conv_1x1~2|";

Config small_config() {
  Config config;
  config.space.options["channels"] = 4;
  config.space.options["cells"] = 1;
  config.train.arch = architecture;
  config.train.epochs = 3;
  config.train.batch_size = 16;
  config.train.images = 64;
  config.train.test_images = 32;
  config.run.seed = 3;
  return config;
}

TrainingResult train(const Config& config, const std::filesystem::path& folder,
                     bool resume = false) {
  const TrainingResult result = run_training(resolve(config), {folder}, resume, {});
  CHECK(test::folder_violations(folder) == std::vector<std::string>{});
  return result;
}

/// The metrics without the parts that differ from run to run.
std::vector<std::string> metrics_of(const std::filesystem::path& folder) {
  std::vector<std::string> lines;
  std::istringstream file(read_file(folder / "metrics.jsonl"));
  for (std::string line; std::getline(file, line);) {
    const std::size_t start = line.find("\"epoch\"");
    lines.push_back(line.substr(start, line.find(",\"seconds\"") - start));
  }
  return lines;
}

std::string result_of(const std::filesystem::path& folder) {
  auto json = nlohmann::ordered_json::parse(read_file(folder / "result.json"));
  CHECK(std::prev(json.end()).key() == "timing");
  json.erase("timing");
  return json.dump(1);
}

void check_same(const std::filesystem::path& one, const std::filesystem::path& other) {
  CHECK(result_of(one) == result_of(other));
  CHECK(metrics_of(one) == metrics_of(other));
  CHECK(read_file(one / "weights.pt") == read_file(other / "weights.pt"));
}

/// Ends a training by a signal after this many batches.
std::string interrupted(const Config& config, const std::filesystem::path& folder, int batches) {
  int seen = 0;
  const TrainingSinks sinks{.progress = [&](const TrainingProgress&) {
    if (++seen == batches) std::raise(SIGTERM);
  }};
  return message_of<Interrupted>([&] { run_training(resolve(config), {folder}, false, sinks); });
}

TEST_CASE("a training leaves its settings, metrics, weights and result", "[run][train]") {
  const TemporaryFolder folder;
  const TrainingResult result = train(small_config(), folder.path() / "a");
  CHECK(result.epochs.size() == 3);
  CHECK(result.arch == architecture);
  CHECK(result.last().learning_rate == Approx(0.025));
  CHECK(metrics_of(folder.path() / "a").size() == 3);
  const auto weights = load_tensor_file(folder.path() / "a" / "weights.pt");
  CHECK(weights.at("stem.1.num_batches_tracked").item<std::int64_t>() == 12);
  const auto document = nlohmann::json::parse(read_file(folder.path() / "a" / "result.json"));
  CHECK(document["data"]["training"]["images"] == 64);
  CHECK(document["data"]["test"]["held_out"] == false);
  CHECK(document["last"]["epoch"] == 3);
  CHECK(document["best"]["test_accuracy"] == result.best().test_accuracy);
  CHECK_THAT(summary_line(result), ContainsSubstring("of 32 test images are right after 3 epochs"));
}

TEST_CASE("equal settings give equal bytes, another seed others", "[run][train]") {
  const TemporaryFolder folder;
  train(small_config(), folder.path() / "a");
  train(small_config(), folder.path() / "b");
  check_same(folder.path() / "a", folder.path() / "b");
  Config other = small_config();
  other.run.seed = 4;
  train(other, folder.path() / "c");
  CHECK(metrics_of(folder.path() / "c") != metrics_of(folder.path() / "a"));
}

TEST_CASE("an interrupted training ends as one that was not", "[run][train]") {
  const TemporaryFolder folder;
  train(small_config(), folder.path() / "whole");
  for (const int batches : {1, 4, 6}) {
    INFO(batches);
    const auto path = folder.path() / std::to_string(batches);
    const std::string message = interrupted(small_config(), path, batches);
    CHECK_THAT(message, ContainsSubstring("interrupted in epoch ") &&
                            ContainsSubstring("; resume with: wrcor train --resume --out "));
    CHECK_FALSE(std::filesystem::exists(path / "result.json"));
    train(small_config(), path, /*resume=*/true);
    check_same(path, folder.path() / "whole");
  }
}

TEST_CASE("metrics that no checkpoint has seen are made again", "[run][train]") {
  const TemporaryFolder folder;
  train(small_config(), folder.path() / "whole");
  Config config = small_config();
  config.train.checkpoint_every = 2;
  const auto path = folder.path() / "killed";
  interrupted(config, path, 9);
  // As after a kill: the previous checkpoint, and a torn line.
  const std::string lines = read_file(path / "metrics.jsonl");
  interrupted(config, folder.path() / "earlier", 1);
  std::filesystem::copy(folder.path() / "earlier" / "checkpoint.pt", path / "checkpoint.pt",
                        std::filesystem::copy_options::overwrite_existing);
  write_file_atomic(path / "metrics.jsonl", lines + R"({"check":"0123)");
  train(config, path, /*resume=*/true);
  check_same(path, folder.path() / "whole");
}

TEST_CASE("a finished training that is resumed stays as it is", "[run][train]") {
  const TemporaryFolder folder;
  train(small_config(), folder.path() / "a");
  const std::string before = result_of(folder.path() / "a");
  train(small_config(), folder.path() / "a", /*resume=*/true);
  CHECK(result_of(folder.path() / "a") == before);
}

TEST_CASE("a folder is resumed with its own settings only", "[run][train]") {
  const TemporaryFolder folder;
  const auto path = folder.path() / "a";
  train(small_config(), path);
  Config other = small_config();
  CHECK_THAT(message_of<UsageError>([&] { run_training(resolve(other), {path}, false, {}); }),
             ContainsSubstring("holds a training; continue it with --resume"));
  other.train.epochs = 20;
  CHECK_THAT(
      message_of<UsageError>([&] { run_training(resolve(other), {path}, true, {}); }),
      ContainsSubstring("holds another training (train.epochs (--epochs): it has 3, now 20)"));
  CHECK_THAT(
      message_of<UsageError>([&] { run_training(resolve(other), {folder.path()}, true, {}); }),
      ContainsSubstring("holds no training to resume"));
  folder.write("own/config.json", "{}");
  CHECK_THAT(message_of<UsageError>(
                 [&] { run_training(resolve(other), {folder.path() / "own"}, false, {}); }),
             ContainsSubstring("config.json' is not of a run, and this training would replace it"));
  folder.write("own2/weights.pt", "mine");
  CHECK_THAT(message_of<UsageError>(
                 [&] { run_training(resolve(other), {folder.path() / "own2"}, false, {}); }),
             ContainsSubstring("weights.pt' is not of this training, which would replace it"));
}

TEST_CASE("damage is told", "[run][train]") {
  const TemporaryFolder folder;
  const auto path = folder.path() / "a";
  train(small_config(), path);
  const auto resumed = [&] {
    return message_of<DataError>([&] { run_training(resolve(small_config()), {path}, true, {}); });
  };
  SECTION("of the checkpoint") {
    const std::string bytes = read_file(path / "checkpoint.pt");
    write_file_atomic(path / "checkpoint.pt", bytes.substr(0, bytes.size() / 2));
    CHECK_THAT(resumed(), ContainsSubstring("checkpoint.pt"));
  }
  SECTION("weights in its place") {
    std::filesystem::copy(path / "weights.pt", path / "checkpoint.pt",
                          std::filesystem::copy_options::overwrite_existing);
    CHECK_THAT(resumed(), ContainsSubstring("is not the checkpoint of a training"));
  }
  SECTION("of the metrics") {
    write_file_atomic(path / "metrics.jsonl", "{}\n");
    CHECK_THAT(resumed(), ContainsSubstring("metrics.jsonl:1: expected the line of epoch 1"));
  }
  SECTION("edited metrics") {
    std::string lines = read_file(path / "metrics.jsonl");
    const std::size_t place = lines.find("\"test_accuracy\":", lines.find('\n'));
    lines.insert(place + 16, "9");
    write_file_atomic(path / "metrics.jsonl", lines);
    CHECK_THAT(resumed(), ContainsSubstring("metrics.jsonl:2: expected the line of epoch 2"));
  }
  SECTION("metrics of another training") {
    Config other = small_config();
    other.run.seed = 4;
    train(other, folder.path() / "b");
    std::filesystem::copy(folder.path() / "b" / "metrics.jsonl", path / "metrics.jsonl",
                          std::filesystem::copy_options::overwrite_existing);
    CHECK_THAT(resumed(), ContainsSubstring("metrics.jsonl:1: expected the line of epoch 1"));
  }
  SECTION("an edited checkpoint") {
    auto tensors = load_tensor_file(path / "checkpoint.pt");
    tensors.at("network.stem.0.weight")[0] += 1;
    save_tensor_file(path / "checkpoint.pt", tensors);
    CHECK_THAT(resumed(), ContainsSubstring("checkpoint.pt' is not as the training wrote it"));
  }
}

TEST_CASE("a resumed training replaces nothing that is not its own", "[run][train]") {
  const TemporaryFolder folder;
  const auto path = folder.path() / "a";
  train(small_config(), path);
  const std::string weights = read_file(path / "weights.pt"),
                    result = read_file(path / "result.json");
  const auto refused = [&](const std::string& file) {
    const std::string before = read_file(path / file);
    CHECK_THAT(
        message_of<UsageError>([&] { run_training(resolve(small_config()), {path}, true, {}); }),
        ContainsSubstring(file + "' is not of this training, which would replace it"));
    CHECK(read_file(path / file) == before);
  };
  const std::string table = read_file(path / "metrics.csv");
  folder.write("a/metrics.csv", "mine");
  refused("metrics.csv");
  folder.write("a/metrics.csv", table);
  folder.write("a/weights.pt", "mine");
  refused("weights.pt");
  folder.write("a/weights.pt", weights);
  folder.write("a/result.json", R"({"mine": 1})");
  refused("result.json");
  // A training that is stopped between the two files recognises its weights.
  std::filesystem::remove(path / "result.json");
  train(small_config(), path, /*resume=*/true);
  CHECK(read_file(path / "weights.pt") == weights);
  // A user's notes are not metrics.
  interrupted(small_config(), folder.path() / "b", 1);
  folder.write("b/metrics.jsonl", "my notes");
  CHECK_THAT(message_of<DataError>(
                 [&] { run_training(resolve(small_config()), {folder.path() / "b"}, true, {}); }),
             ContainsSubstring("metrics.jsonl:1: expected the line of epoch 1"));
  CHECK(read_file(folder.path() / "b" / "metrics.jsonl") == "my notes");
}

TEST_CASE("images can be held out for the evaluation", "[run][train]") {
  const TemporaryFolder folder;
  Config config = small_config();
  config.train.epochs = 1;
  config.train.holdout = 0.1;
  const TrainingResult result = train(config, folder.path() / "a");
  CHECK(result.data["test"]["held_out"] == true);
  CHECK_THAT(summary_line(result), ContainsSubstring("of 32 images held out are right"));
  config.train.images.reset();
  config.train.test_images = 5001;
  CHECK(message_of<UsageError>([&] {
          run_training(resolve(config), {folder.path() / "b"}, false, {});
        }) == "--test-images: expected at most the 5000 images that there are, got 5001");
  CHECK_FALSE(std::filesystem::exists(folder.path() / "b"));
}

TEST_CASE("a training may start from weights of a file", "[run][train]") {
  const TemporaryFolder folder;
  train(small_config(), folder.path() / "a");
  Config config = small_config();
  config.train.weights = (folder.path() / "a" / "weights.pt").string();
  config.train.epochs = 1;
  train(config, folder.path() / "b");
  const auto weights = load_tensor_file(folder.path() / "b" / "weights.pt");
  CHECK(weights.at("stem.1.num_batches_tracked").item<std::int64_t>() == 16);
  config.space.options["channels"] = 8;
  CHECK_THAT(message_of<DataError>(
                 [&] { run_training(resolve(config), {folder.path() / "c"}, false, {}); }),
             ContainsSubstring("does not hold the weights of this architecture"));
}

TEST_CASE("progress is one line", "[run][train]") {
  TrainingProgress state{.epochs = 12, .batches = 196, .position = {.epoch = 2, .batch = 98}};
  state.position.seen = {.loss_sum = 128, .correct = 60, .images = 100};
  state.position.seconds = 0.5;
  state.batches_done = 98;
  CHECK(format_training_progress(state, 10) ==
        "epoch 3/12  batch 98/196  loss 1.2800  accuracy 60.00%  200 images/s  left 3m10s");
}

}  // namespace
}  // namespace wrcor
