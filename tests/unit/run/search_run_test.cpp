#include "run/search_run.h"

#include <csignal>

#include "core/file.h"
#include "core/file_lock.h"
#include "record/journal.h"
#include "support/catch.h"
#include "support/document_check.h"
#include "support/temporary_folder.h"
#include "wrcor/config/config_loader.h"
#include "wrcor/core/error.h"
#include "wrcor/run/workbench.h"

using namespace wrcor;

namespace {

Config small_config() {
  Config config;
  config.score.proxies = {"wrcor"};
  config.space.options["channels"] = 4;
  config.space.options["cells"] = 1;
  config.data.batch_size = 8;
  config.search.budget = 40;
  config.search.population = 10;
  config.search.tournament = 3;
  config.search.window = 4;
  config.run.seed = 3;
  config.run.workers = 1;
  return config;
}

/// result.json without its timing.
std::string result_of(const std::filesystem::path& folder) {
  auto json = nlohmann::ordered_json::parse(read_file(folder / "result.json"));
  CHECK(std::prev(json.end()).key() == "timing");
  json.erase("timing");
  return json.dump(1);
}

std::string search(const Config& config, const std::filesystem::path& folder, bool resume = false) {
  run_search(resolve(config), {folder}, resume, {});
  CHECK(test::folder_violations(folder) == std::vector<std::string>{});
  return result_of(folder);
}

/// A folder with the journal of a run that lacks one architecture, two seconds after its start.
std::filesystem::path journal_without(const std::string& arch, const JournalContent& content,
                                      const std::filesystem::path& folder) {
  std::filesystem::create_directories(folder);
  Journal journal = Journal::create(folder / "journal.jsonl");
  journal.write_header(content.header);
  for (const auto& [other, evaluation] : content.evaluations)
    if (other != arch) journal.append(other, evaluation, 2);
  return folder;
}

std::string lines_of(const std::string& text, std::size_t count) {
  std::size_t end = 0;
  for (std::size_t i = 0; i < count && end != std::string::npos; ++i)
    end = text.find('\n', end) + 1;
  return text.substr(0, end);
}

}  // namespace

TEST_CASE("equal configurations give equal bytes, whatever the number of workers",
          "[run][search]") {
  const test::TemporaryFolder folder;
  Config config = small_config();
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

TEST_CASE("a run resumed after any number of evaluations ends as if it had never stopped",
          "[run][search]") {
  const test::TemporaryFolder folder;
  Config config = small_config();
  config.score.proxies = {"wrcor", "acor"};
  const auto whole = folder.path() / "whole";
  const std::string expected = search(config, whole);
  const std::string journal = read_file(whole / "journal.jsonl");
  const auto lines = static_cast<std::size_t>(std::count(journal.begin(), journal.end(), '\n'));
  for (std::size_t kept = 0; kept <= lines; kept += 5) {
    const auto part = folder.path() / std::to_string(kept);
    folder.write(std::to_string(kept) + "/journal.jsonl",
                 lines_of(journal, kept) + "{\"check\":\"torn");
    config.run.workers = 1 + static_cast<int>(kept % 2);
    CHECK(search(config, part, true) == expected);
    CHECK(read_file(part / "journal.jsonl").find("torn") == std::string::npos);
  }
}

TEST_CASE("a finished run resumes to the same result without an evaluation", "[run][search]") {
  const test::TemporaryFolder folder;
  const Config config = small_config();
  const std::string expected = search(config, folder.path() / "run");
  const SearchResult again = run_search(resolve(config), {folder.path() / "run"}, true, {});
  CHECK(again.timing.evaluated == 0);
  CHECK(result_of(folder.path() / "run") == expected);
}

TEST_CASE("a longer budget on resume gives the result of that budget", "[run][search]") {
  const test::TemporaryFolder folder;
  Config config = small_config();
  search(config, folder.path() / "run");
  config.search.budget = 60;
  const std::string longer = search(config, folder.path() / "run", true);
  CHECK(longer == search(config, folder.path() / "from scratch"));
}

TEST_CASE("a folder's run is neither overwritten nor mixed with another", "[run][search]") {
  const test::TemporaryFolder folder;
  Config config = small_config();
  config.search.budget = 6;
  search(config, folder.path() / "run");
  CHECK_THROWS_WITH(run_search(resolve(config), {folder.path() / "run"}, false, {}),
                    ContainsSubstring("--resume"));
  CHECK_THROWS_WITH(run_search(resolve(config), {folder.path() / "none"}, true, {}),
                    ContainsSubstring("no run to resume"));
  config.run.seed = 4;
  config.score.counting = Counting::paper;
  CHECK_THROWS_WITH(run_search(resolve(config), {folder.path() / "run"}, true, {}),
                    ContainsSubstring("run.seed: the run has 3, asked for 4") &&
                        ContainsSubstring("score.counting: "));
}

TEST_CASE("a folder that another process writes is left alone", "[run][search]") {
  const test::TemporaryFolder folder;
  Config config = small_config();
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

TEST_CASE("a result that is damaged or gone is written again", "[run][search]") {
  const test::TemporaryFolder folder;
  Config config = small_config();
  const auto run = folder.path() / "run";
  const std::string expected = search(config, run);
  std::filesystem::remove(run / "result.json");
  const auto partial = partial_path(run / "result.json");
  folder.write("run/" + partial.filename().string(), "{");
  CHECK(search(config, run, true) == expected);
  CHECK_FALSE(std::filesystem::exists(partial));
  folder.write("run/result.json", std::string(100, '\0'));
  CHECK(search(config, run, true) == expected);
}

TEST_CASE("a result counts what was asked and ranks every class once", "[run][search]") {
  const test::TemporaryFolder folder;
  Config config = small_config();
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
  Config config = small_config();
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
  Config config = small_config();
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
  Config config = small_config();
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
  Config config = small_config();
  config.space.options["channels"] = 16;
  config.space.options["cells"] = 5;
  config.search.dedupe = Dedupe::exact;
  config.constraints.min_params = 1'530'000;  // six 3x3 convolutions and nothing else
  config.search.population = 2;
  config.search.tournament = 2;
  config.search.window = 1;
  const SearchResult result = run_search(resolve(config), {folder.path() / "run"}, false, {});
  CHECK(result.counts.distinct == 1);
  CHECK(result.counts.asked == 2);
  CHECK(result.ended_by == EndedBy::exhausted);
}

TEST_CASE("a time limit ends a run with what there is", "[run][search]") {
  const test::TemporaryFolder folder;
  Config config = small_config();
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
  Config config = small_config();
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
  Config config = small_config();
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
    for (const std::string file : {"result.json", "config.json"}) {
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
    std::filesystem::remove(run / "result.json");
    folder.write("run/journal.jsonl", "my notes\n");
    CHECK_THAT(refused(true), ContainsSubstring("no run to resume"));
    CHECK_THAT(refused(false), ContainsSubstring("journal.jsonl' is not of this search"));
    CHECK(read_file(run / "journal.jsonl") == "my notes\n");
  }
}

TEST_CASE("a resumed run without time left keeps what failed", "[run][search]") {
  const test::TemporaryFolder folder;
  Config config = small_config();
  config.search.strategy = "random";
  const std::string expected = search(config, folder.path() / "whole");
  JournalContent content, ignored;
  Journal::resume(folder.path() / "whole" / "journal.jsonl", content);
  const std::string arch = std::next(content.evaluations.begin(), 9)->first;
  const auto run = journal_without(arch, content, folder.path() / "run");
  Evaluation failure = content.evaluations.at(arch);
  failure.status = Status::failed;
  failure.reason = "out_of_memory";
  failure.scores = {{"wrcor", Score{Status::failed, "out_of_memory", std::nullopt, 0.0}}};
  Journal::resume(run / "journal.jsonl", ignored).append(arch, failure, 2);
  Config late = config;
  late.search.max_seconds = 1;
  const SearchResult kept = run_search(resolve(late), {run}, true, {});
  CHECK(kept.counts.failed == 1);
  CHECK(kept.timing.evaluated == 0);
  CHECK(kept.counts.distinct == static_cast<std::int64_t>(content.evaluations.size()));
  // With time left, it is retried.
  CHECK(search(config, run, true) == expected);
}

TEST_CASE("a resumed run without time left fills the gaps that a kill left in the journal",
          "[run][search]") {
  const test::TemporaryFolder folder;
  Config config = small_config();
  for (const std::string strategy : {"random", "evolution"}) {
    config.search.strategy = strategy;
    const auto whole = folder.path() / strategy;
    search(config, whole);
    JournalContent content;
    Journal::resume(whole / "journal.jsonl", content);
    const std::string arch = std::next(content.evaluations.begin(), 9)->first;
    const auto run = journal_without(arch, content, folder.path() / (strategy + " killed"));
    Config late = config;
    late.search.max_seconds = 1;
    const SearchResult filled = run_search(resolve(late), {run}, true, {});
    CHECK(filled.timing.evaluated == 1);
    CHECK(filled.counts.distinct == static_cast<std::int64_t>(content.evaluations.size()));
  }
}

TEST_CASE("a resumed run without time left does not wait for what is not proposed any more",
          "[run][search]") {
  const test::TemporaryFolder folder;
  Config config = small_config();
  config.search.strategy = "random";
  config.search.window = 16;  // what is in flight of a strategy that does not learn
  config.search.budget = 10;
  search(config, folder.path() / "run");
  JournalContent content;
  Journal::resume(folder.path() / "run" / "journal.jsonl", content)
      .append("proposed by a strategy that took another way", content.evaluations.begin()->second,
              2);
  config.search.budget = 1'000'000;
  config.search.max_seconds = 1;
  const SearchResult result = run_search(resolve(config), {folder.path() / "run"}, true, {});
  const auto journaled = static_cast<std::int64_t>(content.evaluations.size()) + 1;
  CHECK(result.counts.distinct <= journaled + config.search.window);
  CHECK(result.ended_by == EndedBy::max_seconds);
}

TEST_CASE("a result says what ended the search", "[run][search]") {
  const test::TemporaryFolder folder;
  Config config = small_config();
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

TEST_CASE("a signal ends a run after what had started, and the run can be resumed",
          "[run][search]") {
  const test::TemporaryFolder folder;
  Config config = small_config();
  const std::string expected = search(config, folder.path() / "whole");
  config.run.workers = 2;
  for (const int signal : {SIGINT, SIGTERM}) {
    const auto part = folder.path() / std::to_string(signal);
    std::signal(signal, SIG_DFL);  // a test in the background would ignore it
    std::int64_t seen = 0;
    const auto interrupt = [&](const ProgressState& state) {
      if (state.done == 7 && seen++ == 0) std::raise(signal);
    };
    try {
      run_search(resolve(config), {part}, false, interrupt);
      FAIL("the signal was ignored");
    } catch (const Error& error) {
      CHECK(static_cast<int>(error.exit_code()) == 128 + signal);
      CHECK_THAT(error.what(), ContainsSubstring("--resume --out"));
    }
    CHECK_FALSE(std::filesystem::exists(part / "result.json"));
    CHECK(search(config, part, true) == expected);
  }
}

TEST_CASE("the configuration of a run is enough to repeat it", "[run][search]") {
  const test::TemporaryFolder folder;
  const std::string expected = search(small_config(), folder.path() / "run");
  ConfigSources sources;
  sources.file = folder.path() / "run" / "config.json";
  CHECK(search(load_config(sources), folder.path() / "again") == expected);
}
