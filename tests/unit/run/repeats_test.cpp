#include <algorithm>

#include "core/file.h"
#include "run/search_run.h"
#include "support/catch.h"
#include "support/document_check.h"
#include "support/small_config.h"
#include "support/temporary_folder.h"

using namespace wrcor;

namespace {

Config few_random_cells() {
  Config config = test::small_config();
  config.search.strategy = "random";
  config.search.budget = 15;
  config.run.workers = 2;
  return config;
}

SearchResult search_repeats(const Config& config, const std::filesystem::path& folder,
                            bool resume = false) {
  SearchResult result = run_search(resolve(config), {folder}, resume, {});
  CHECK(test::folder_violations(folder) == std::vector<std::string>{});
  return result;
}

std::string bytes_of(const std::filesystem::path& folder) {
  auto json = nlohmann::ordered_json::parse(read_file(folder / "result.json"));
  json.erase("timing");
  return json.dump(1);
}

Score score_of(const Ranked& entry) { return entry.evaluation.unpacked().score("wrcor"); }

const Ranked& find(const SearchResult& result, const std::string& arch) {
  return *std::find_if(result.ranking.begin(), result.ranking.end(),
                       [&](const Ranked& entry) { return entry.arch == arch; });
}

}  // namespace

TEST_CASE("a score is the mean of its repeats, and a rank lies among the ranks it may have",
          "[run]") {
  const test::TemporaryFolder folder;
  Config config = few_random_cells();
  const SearchResult once = search_repeats(config, folder.path() / "once");
  config.score.repeats = 3;
  const SearchResult thrice = search_repeats(config, folder.path() / "thrice");
  std::size_t ok = 0;
  for (std::size_t i = 0; i < thrice.ranking.size(); ++i) {
    const Ranked& entry = thrice.ranking[i];
    const Score score = score_of(entry);
    if (!score.value) {
      CHECK_FALSE(entry.ranks);
      continue;
    }
    ++ok;
    REQUIRE(score.repeats.size() == 3);
    CHECK((score.repeats[0] + score.repeats[1] + score.repeats[2]) / 3 == Approx(*score.value));
    REQUIRE(entry.ranks);
    CHECK(entry.ranks->best <= i + 1);
    CHECK(entry.ranks->worst >= i + 1);
    // The first repeat equals the draw of a run without repeats.
    const Score alone = score_of(find(once, entry.arch));
    CHECK(alone.repeats.empty());
    CHECK(*alone.value == score.repeats[0]);
  }
  CHECK(ok > 5);
  CHECK(contenders(thrice).value() >= 1);
  CHECK_FALSE(contenders(once));
}

TEST_CASE("repeats are spent on the best alone", "[run]") {
  const test::TemporaryFolder folder;
  Config config = few_random_cells();
  const SearchResult once = search_repeats(config, folder.path() / "once");
  config.score.repeats = 4;
  const SearchResult all = search_repeats(config, folder.path() / "all");
  config.search.refine = 3;
  const SearchResult refined = search_repeats(config, folder.path() / "refined");
  CHECK(refined.counts.refined == 3);
  CHECK(refined.timing.evaluated == once.timing.evaluated + 3);
  for (std::size_t i = 0; i < refined.ranking.size(); ++i) {
    const Ranked& entry = refined.ranking[i];
    // The first three of a search with one repeat have the scores of all repeats.
    const bool first = i < 3;
    CHECK(score_of(entry).value == score_of(find(first ? all : once, entry.arch)).value);
    CHECK(entry.ranks.has_value() == first);
    if (!first) CHECK(entry.arch == once.ranking[i].arch);
  }
  CHECK(score_of(refined.ranking[0]).value >= score_of(refined.ranking[1]).value);
  CHECK(score_of(refined.ranking[1]).value >= score_of(refined.ranking[2]).value);
}

TEST_CASE("more are refined than there are: all that have a score", "[run]") {
  const test::TemporaryFolder folder;
  Config config = few_random_cells();
  config.score.repeats = 2;
  config.search.refine = 1000;
  const SearchResult result = search_repeats(config, folder.path() / "run");
  CHECK(result.counts.refined == result.counts.ok);
}

TEST_CASE("a run that was stopped while it refined ends as one that was not", "[run]") {
  const test::TemporaryFolder folder;
  Config config = few_random_cells();
  config.score.repeats = 3;
  config.search.refine = 4;
  for (const char* rank_by : {"wrcor", "copeland(wrcor,acor)"}) {
    config.score.rank_by = rank_by;
    const auto whole = folder.path() / rank_by / "whole";
    search_repeats(config, whole);
    const std::string journal = read_file(whole / "journal.jsonl");
    const std::size_t lines =
        static_cast<std::size_t>(std::count(journal.begin(), journal.end(), '\n'));
    for (std::size_t missing = 0; missing < 6; ++missing) {
      const auto part = folder.path() / rank_by / std::to_string(missing);
      std::filesystem::create_directories(part);
      std::filesystem::copy_file(whole / "config.json", part / "config.json");
      std::size_t end = 0;
      for (std::size_t line = 0; line < lines - missing; ++line) end = journal.find('\n', end) + 1;
      write_file_atomic(part / "journal.jsonl", journal.substr(0, end));
      const SearchResult resumed = search_repeats(config, part, /*resume=*/true);
      CHECK(resumed.timing.evaluated == static_cast<std::int64_t>(missing));
      CHECK(bytes_of(part) == bytes_of(whole));
    }
  }
}
