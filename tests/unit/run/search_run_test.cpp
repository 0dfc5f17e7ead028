#include "core/file.h"
#include "core/file_lock.h"
#include "searches.h"
#include "support/catch.h"
#include "support/temporary_folder.h"
#include "wrcor/config/config_loader.h"
#include "wrcor/core/error.h"
#include "wrcor/run/workbench.h"

using namespace wrcor;
using test::result_of;
using test::search;
using test::small_search;

TEST_CASE("equal configurations give equal bytes, whatever the number of workers",
          "[run][search]") {
  const test::TemporaryFolder folder;
  Config config = small_search();
  for (const char* strategy : {"random", "evolution"}) {
    config.search.strategy = strategy;
    config.run.workers = 1;
    const std::string one = search(config, folder.path() / strategy / "1");
    for (const int workers : {2, 3}) {
      config.run.workers = workers;
      CHECK(search(config, folder.path() / strategy / std::to_string(workers)) == one);
    }
    config.run.seed += 1;
    CHECK(search(config, folder.path() / strategy / "other seed") != one);
    config.run.seed -= 1;
  }
}

TEST_CASE("a folder's run is neither overwritten nor mixed with another", "[run][search]") {
  const test::TemporaryFolder folder;
  Config config = small_search();
  config.search.budget = 6;
  search(config, folder.path() / "run");
  CHECK_THROWS_WITH(run_search(resolve(config), {folder.path() / "run"}, false, {}),
                    ContainsSubstring("--resume"));
  CHECK_THROWS_WITH(run_search(resolve(config), {folder.path() / "none"}, true, {}),
                    ContainsSubstring("no run to resume"));
  config.run.seed = 4;
  config.score.counting = Counting::paper;
  CHECK_THROWS_WITH(run_search(resolve(config), {folder.path() / "run"}, true, {}),
                    ContainsSubstring("run.seed (--seed): the run has 3, asked for 4") &&
                        ContainsSubstring("score.counting (--counting): "));
}

TEST_CASE("a folder that another process writes is left alone", "[run][search]") {
  const test::TemporaryFolder folder;
  Config config = small_search();
  config.search.budget = 6;
  const auto run = folder.path() / "run";
  std::filesystem::create_directory(run);
  {
    const auto lock = FileLock::try_take(run / "lock");
    CHECK_THROWS_WITH(run_search(resolve(config), {run}, false, {}),
                      ContainsSubstring("is being written by process"));
  }
  CHECK(std::filesystem::is_empty(run));
  search(config, run);
  CHECK_FALSE(std::filesystem::exists(run / "lock"));
}

TEST_CASE("a result counts what was asked and ranks every class once", "[run][search]") {
  const test::TemporaryFolder folder;
  Config config = small_search();
  config.search.strategy = "random";
  config.search.budget = 120;
  const SearchResult result = run_search(resolve(config), {folder.path() / "run"}, false, {});
  const SearchCounts& counts = result.counts;
  CHECK(counts.asked == 120);
  CHECK(counts.distinct == static_cast<std::int64_t>(result.ranking.size()));
  CHECK(counts.ok + counts.degenerate + counts.failed == counts.distinct);
  CHECK(counts.distinct < counts.asked);
  CHECK(counts.degenerate == 1);  // all disconnected cells are one class
  const auto space = resolve(config).space;
  for (std::size_t i = 0; i < result.ranking.size(); ++i) {
    const Ranked& entry = result.ranking[i];
    CHECK(entry.arch == entry.canonical);
    CHECK(entry.evaluation.unpacked().costs.params ==
          space->costs(space->parse(entry.arch)).params);
    if (i == 0) continue;
    const auto better = result.ranking[i - 1].evaluation.unpacked().score("wrcor").value,
               mine = entry.evaluation.unpacked().score("wrcor").value;
    CHECK((!mine || (better && *better >= *mine)));
  }
  CHECK(result.ranking.back().evaluation.unpacked().reason == "disconnected");
}

TEST_CASE("the result's file is its document, written row by row", "[run][search]") {
  const test::TemporaryFolder folder;
  Config config = small_search();
  config.score.proxies = {"wrcor", "naswot"};
  for (const char* rank_by : {"wrcor", "copeland(wrcor,naswot)"}) {
    config.score.rank_by = rank_by;
    const RunDirectory directory{folder.path() / rank_by};
    const SearchResult result = run_search(resolve(config), directory, false, {});
    CHECK(read_file(directory.result()) == to_json(result, resolve(config)).dump(2) + "\n");
  }
}

TEST_CASE("exact deduplication evaluates cells as they are", "[run][search]") {
  const test::TemporaryFolder folder;
  Config config = small_search();
  config.search.strategy = "random";
  config.search.dedupe = Dedupe::exact;
  const SearchResult result = run_search(resolve(config), {folder.path() / "run"}, false, {});
  CHECK(result.counts.distinct == 40);
  bool differs = false;
  for (const Ranked& entry : result.ranking) differs = differs || entry.arch != entry.canonical;
  CHECK(differs);
}

TEST_CASE("constraints hold for everything in the ranking", "[run][search]") {
  const test::TemporaryFolder folder;
  Config config = small_search();
  config.constraints.max_params = 9000;
  config.constraints.min_params = 6000;
  const SearchResult result = run_search(resolve(config), {folder.path() / "run"}, false, {});
  CHECK(result.counts.infeasible > 0);
  for (const Ranked& entry : result.ranking) {
    CHECK(entry.evaluation.unpacked().costs.params >= 6000);
    CHECK(entry.evaluation.unpacked().costs.params <= 9000);
  }
  config.constraints.max_params = 6001;
  CHECK_THROWS_AS(run_search(resolve(config), {folder.path() / "impossible"}, false, {}),
                  NoFeasibleError);
}

TEST_CASE("a search that runs out of feasible architectures keeps what it found", "[run][search]") {
  const test::TemporaryFolder folder;
  Config config = small_search();
  config.space.options["channels"] = 16;
  config.space.options["cells"] = 5;
  config.search.dedupe = Dedupe::exact;
  config.constraints.min_params = 1'530'000;  // six 3x3 convolutions and nothing else
  config.search.options["population"] = 2;
  config.search.options["tournament"] = 2;
  config.search.window = 1;
  const SearchResult result = run_search(resolve(config), {folder.path() / "run"}, false, {});
  CHECK(result.counts.distinct == 1);
  CHECK(result.counts.asked == 2);
  CHECK(result.ended_by == EndedBy::exhausted);
}

TEST_CASE("a time limit ends a run with what there is", "[run][search]") {
  const test::TemporaryFolder folder;
  Config config = small_search();
  config.search.budget = 1'000'000;
  config.search.max_seconds = 0.5;
  const SearchResult result = run_search(resolve(config), {folder.path() / "run"}, false, {});
  CHECK(result.counts.asked > 0);
  CHECK(result.timing.seconds < 10);
  // Resuming with no time left repeats the run up to the end of its journal.
  config.search.max_seconds = 0.001;
  const SearchResult again = run_search(resolve(config), {folder.path() / "run"}, true, {});
  CHECK(again.timing.evaluated == 0);
  CHECK(again.counts.distinct == result.counts.distinct);
}

TEST_CASE("what no worker has begun when time is over is dropped", "[run][search]") {
  const test::TemporaryFolder folder;
  Config config = small_search();
  for (const std::string strategy : {"random", "evolution", "exhaustive"}) {
    config.search.strategy = strategy;
    config.search.budget = 10'000;
    config.search.window = 1'000'000;
    config.search.max_seconds = 0.3;
    config.constraints.max_params = 12'000;
    const auto run = folder.path() / strategy;
    const SearchResult result = run_search(resolve(config), {run}, false, {});
    CHECK(result.counts.asked < 2'000);  // thousands were proposed
    CHECK(result.ended_by == EndedBy::max_seconds);
    CHECK(result.counts.distinct == result.timing.evaluated);
    // Resumed when no time is left, it ends in the same way; with time, as if none had been set.
    const auto ended = [&] {
      auto document = nlohmann::ordered_json::parse(result_of(run));
      document.erase("config");
      return document;
    };
    const auto expected = ended();
    config.search.max_seconds = 0.001;
    search(config, run, true);
    CHECK(ended() == expected);
    config.search.max_seconds.reset();
    config.search.budget = result.counts.asked + 10;
    const std::string longer = search(config, run, true);
    CHECK(longer == search(config, folder.path() / (strategy + " from scratch")));
  }
}

TEST_CASE("what is not a run's own is not replaced", "[run][search]") {
  const test::TemporaryFolder folder;
  Config config = small_search();
  config.search.budget = 4;
  const auto run = folder.path() / "run";
  const std::string expected = search(config, run);
  const auto refused = [&](bool resume) {
    try {
      run_search(resolve(config), {run}, resume, {});
    } catch (const UsageError& error) {
      return std::string(error.what());
    }
    return std::string("accepted");
  };
  SECTION("by a resumed run") {
    for (const std::string file : {"result.json", "config.json", "best.txt", "ranking.csv"}) {
      const std::string own = read_file(run / file);
      for (const std::string other : {"my notes", "{}", R"({"config": {"run": {"seed": 9}}})"}) {
        folder.write("run/" + file, other);
        CHECK_THAT(refused(true), ContainsSubstring(file + "' is not of this search"));
        CHECK(read_file(run / file) == other);
      }
      folder.write("run/" + file, own);
    }
    CHECK(search(config, run, true) == expected);
  }
  SECTION("by one that has lost its journal") {
    std::filesystem::remove(run / "journal.jsonl");
    const std::string result = read_file(run / "result.json");
    CHECK_THAT(refused(true), ContainsSubstring("no run to resume: it has no journal.jsonl"));
    CHECK_THAT(refused(false), ContainsSubstring("result.json' is not of this search"));
    CHECK(read_file(run / "result.json") == result);
    CHECK_FALSE(std::filesystem::exists(run / "journal.jsonl"));
  }
  SECTION("by a new one") {
    for (const auto& file : {"best.txt", "ranking.csv", "result.json"})
      std::filesystem::remove(run / file);
    folder.write("run/journal.jsonl", "my notes\n");
    CHECK_THAT(refused(true), ContainsSubstring("no run to resume"));
    CHECK_THAT(refused(false), ContainsSubstring("journal.jsonl' is not of this search"));
    CHECK(read_file(run / "journal.jsonl") == "my notes\n");
  }
}

TEST_CASE("a result says what ended the search", "[run][search]") {
  const test::TemporaryFolder folder;
  Config config = small_search();
  config.search.budget = 5;
  CHECK(run_search(resolve(config), {folder.path() / "1"}, false, {}).ended_by == EndedBy::budget);
  config.search.budget = 1'000'000;
  config.search.max_seconds = 0.1;
  CHECK(run_search(resolve(config), {folder.path() / "2"}, false, {}).ended_by ==
        EndedBy::max_seconds);
  config.search.max_seconds.reset();
  config.search.strategy = "exhaustive";
  config.constraints.max_params = 5000;
  CHECK(run_search(resolve(config), {folder.path() / "3"}, false, {}).ended_by ==
        EndedBy::exhausted);
  const auto written = nlohmann::json::parse(read_file(folder.path() / "2" / "result.json"));
  CHECK(written["ended_by"] == "max_seconds");
}

TEST_CASE("the configuration of a run is enough to repeat it", "[run][search]") {
  const test::TemporaryFolder folder;
  const std::string expected = search(small_search(), folder.path() / "run");
  ConfigSources sources;
  sources.file = folder.path() / "run" / "config.json";
  CHECK(search(load_config(sources), folder.path() / "again") == expected);
}
