// Files of the last version without checks, and trainings of the first: they stay readable.
#include "core/file.h"
#include "record/finished_run.h"
#include "record/score_reading.h"
#include "run/train_run.h"
#include "support/catch.h"
#include "support/temporary_folder.h"
#include "wrcor/space/builtin.h"

using namespace wrcor;

namespace {

const std::filesystem::path version_3_fixtures =
    std::filesystem::path(WRCOR_SOURCE_DIR) / "tests/fixtures";

}  // namespace

TEST_CASE("a result of version 3 is read without a check", "[run][versions]") {
  const FinishedRun run = read_finished_run(version_3_fixtures / "version_3/run");
  REQUIRE(run.ranking.size() == 4);
  CHECK(run.elapsed.size() == 4);
}

TEST_CASE("score files of version 3 are read without a check", "[report][versions]") {
  const auto space = make_naming_space({});
  for (const char* name : {"scores.jsonl", "scores.csv"}) {
    ScoreTable table(*space);
    read_scores(version_3_fixtures / "version_3" / name, table);
    CHECK(table.archs().size() == 4);
  }
}

TEST_CASE("a training of version 1 is gone on with as it was begun", "[run][versions]") {
  const test::TemporaryFolder folder;
  const auto path = folder.path() / "training";
  std::filesystem::copy(version_3_fixtures / "version_1/training", path,
                        std::filesystem::copy_options::recursive);
  const std::string metrics = read_file(path / "metrics.jsonl");
  folder.write("training/metrics.jsonl", metrics + R"({"epoch":3,"learn)");
  Config config;
  config.train.arch = "|nor_conv_1x1~0|+|none~0|none~1|+|skip_connect~0|none~1|none~2|";
  config.space.options["channels"] = 1;
  config.space.options["cells"] = 1;
  config.train.epochs = 2;
  config.train.batch_size = 4;
  config.train.images = 8;
  config.train.test_images = 4;
  config.run.threads = 1;
  const TrainingResult result = run_training(resolve(config), {path}, true, {});
  CHECK(result.epochs.size() == 2);
  CHECK(read_file(path / "metrics.jsonl") == metrics);
}
