#include "record/run_merge.h"

#include "core/file.h"
#include "record/journal.h"
#include "record/run_identity.h"
#include "support/catch.h"
#include "support/small_config.h"
#include "support/temporary_folder.h"
#include "wrcor/config/config_loader.h"
#include "wrcor/config/run_spec.h"
#include "wrcor/core/error.h"

using namespace wrcor;

namespace {

constexpr const char* first_arch = "|none~0|+|none~0|none~1|+|none~0|none~1|none~2|";

Config shard_config(const std::string& shard) {
  Config config = test::small_config();
  config.search.strategy = "exhaustive";
  config.search.budget = 1;
  config.search.shard = shard;
  return config;
}

ScoringConditions conditions() {
  return {.batch = {{"dataset", "synthetic"},
                    {"classes", 10},
                    {"size", 8},
                    {"height", 32},
                    {"width", 32},
                    {"sha256", std::string(64, '0')}},
          .device_kind = "cpu",
          .networks_per_batch = 1,
          .platform = {"2.0", "a processor", "a blas", "kernels"}};
}

/// An evaluation of the first class, with this score.
Evaluation evaluation(const RunSpec& spec, double score) {
  Evaluation result;
  for (const std::string& proxy : spec.proxies) result.scores.emplace_back(proxy, Score::of(score));
  result.costs = spec.space->costs(spec.space->parse(first_arch));
  return result;
}

/// The folder of a run that has evaluated the first class.
void write_part(const std::filesystem::path& folder, const Config& config, double score) {
  std::filesystem::create_directories(folder);
  write_file_atomic(folder / "config.json", config_document(config));
  const RunSpec spec = resolve(config);
  Journal journal = Journal::create(folder / "journal.jsonl");
  journal.write_header(journal_header(spec, conditions()));
  journal.append(first_arch, evaluation(spec, score), 1);
}

}  // namespace

TEST_CASE("a merge is the run without shards that its journals make", "[record][merge]") {
  const test::TemporaryFolder folder;
  write_part(folder.path() / "a", shard_config("1/2"), 2);
  const auto result = merge_runs({folder.path() / "a"}, {folder.path() / "out"});
  REQUIRE(result);
  CHECK(result->counts.distinct == 1);
  CHECK(result->timing.seconds == 1);
  const WholeJournal journal = read_journal(folder.path() / "out" / "journal.jsonl");
  CHECK(journal.entries.size() == 1);
  CHECK(journal.content.header.at("config").at("search").at("shard").get<std::string>().empty());
}

TEST_CASE("parts that contradict each other are named", "[record][merge]") {
  const test::TemporaryFolder folder;
  const auto a = folder.path() / "a", b = folder.path() / "b";
  write_part(a, shard_config(""), 2);
  write_part(b, shard_config("1/2"), 3);
  CHECK_THROWS_WITH(
      merge_runs({a, b}, {folder.path() / "out"}),
      ContainsSubstring("contradict each other: they have different evaluations of |none"));
  CHECK_FALSE(std::filesystem::exists(folder.path() / "out"));
}

TEST_CASE("a failure counts only if no part has an evaluation", "[record][merge]") {
  const test::TemporaryFolder folder;
  const auto a = folder.path() / "a", b = folder.path() / "b";
  const RunSpec spec = resolve(shard_config(""));
  write_part(b, shard_config(""), 2);
  std::filesystem::create_directories(a);
  std::filesystem::copy_file(b / "config.json", a / "config.json");
  Journal journal = Journal::create(a / "journal.jsonl");
  journal.write_header(journal_header(spec, conditions()));
  Evaluation failed = evaluation(spec, 0);
  failed.status = Status::failed;
  failed.reason = "out_of_memory";
  for (auto& [name, score] : failed.scores)
    score = Score{.status = Status::failed, .reason = failed.reason};
  journal.append(first_arch, failed, 1);
  CHECK(merge_runs({a}, {folder.path() / "failed"})->counts.failed == 1);
  CHECK(merge_runs({a, b}, {folder.path() / "joined"})->counts.failed == 0);
  CHECK(read_journal(folder.path() / "joined" / "journal.jsonl").entries.size() == 1);
}
