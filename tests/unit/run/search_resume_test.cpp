#include <csignal>

#include "core/file.h"
#include "record/journal.h"
#include "searches.h"
#include "support/catch.h"
#include "support/temporary_folder.h"
#include "unit/data/fixtures.h"
#include "wrcor/core/error.h"

using namespace wrcor;
using test::result_of;
using test::search;
using test::small_search;

namespace {

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

TEST_CASE("a run resumed after any number of evaluations ends as if it had never stopped",
          "[run][search]") {
  const test::TemporaryFolder folder;
  Config config = small_search();
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
  const Config config = small_search();
  const std::string expected = search(config, folder.path() / "run");
  const SearchResult again = run_search(resolve(config), {folder.path() / "run"}, true, {});
  CHECK(again.timing.evaluated == 0);
  CHECK(result_of(folder.path() / "run") == expected);
}

TEST_CASE("a longer budget on resume gives the result of that budget", "[run][search]") {
  const test::TemporaryFolder folder;
  Config config = small_search();
  search(config, folder.path() / "run");
  config.search.budget = 60;
  const std::string longer = search(config, folder.path() / "run", true);
  CHECK(longer == search(config, folder.path() / "from scratch"));
}

TEST_CASE("a result that is damaged or gone is written again", "[run][search]") {
  const test::TemporaryFolder folder;
  Config config = small_search();
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

TEST_CASE("the best and the ranking are written again, too", "[run][search]") {
  const test::TemporaryFolder folder;
  Config config = small_search();
  config.search.budget = 4;
  const auto run = folder.path() / "run";
  const auto result = nlohmann::json::parse(search(config, run));
  const auto settings = result["settings"].get<std::string>();
  const std::string best = read_file(run / "best.txt"), table = read_file(run / "ranking.csv");
  CHECK(best == result["ranking"][0]["arch"].get<std::string>() + "\n");
  std::filesystem::remove(run / "best.txt");
  folder.write("run/ranking.csv", "");
  search(config, run, true);
  CHECK(read_file(run / "best.txt") == best);
  CHECK(read_file(run / "ranking.csv") == table);

  // Of a run with another seed.
  const auto refused = [&] {
    return test::message_of<UsageError>(
        [&] { run_search(resolve(config), {run}, /*resume=*/true, {}); });
  };
  std::string other = table;
  other.replace(other.find(settings), settings.size(), "0123456789ab");
  folder.write("run/ranking.csv", other);
  CHECK_THAT(refused(), ContainsSubstring("ranking.csv' is not of this search"));
  CHECK(read_file(run / "ranking.csv") == other);
  folder.write("run/ranking.csv", table);
  folder.write("run/best.txt", best + best);
  CHECK_THAT(refused(), ContainsSubstring("best.txt' is not of this search"));
}

TEST_CASE("a resumed run without time left keeps what failed", "[run][search]") {
  const test::TemporaryFolder folder;
  Config config = small_search();
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
  Config config = small_search();
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
  Config config = small_search();
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

TEST_CASE("a signal ends a run after what had started, and the run can be resumed",
          "[run][search]") {
  const test::TemporaryFolder folder;
  Config config = small_search();
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
