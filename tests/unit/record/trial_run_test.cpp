#include "record/trial_run.h"

#include <algorithm>
#include <map>
#include <vector>

#include "core/file.h"
#include "record/finished_run.h"
#include "record/journal.h"
#include "support/catch.h"
#include "support/document_check.h"
#include "support/small_config.h"
#include "support/temporary_folder.h"
#include "wrcor/core/error.h"

using namespace wrcor;
using namespace wrcor::test;

namespace {

Config trial_config() {
  Config config = small_config();
  config.search.budget = 60;
  config.search.window = 4;
  return config;
}

TrialRun opened(const RunSpec& spec, const RunDirectory& directory) {
  return TrialRun(directory, [&] { return spec; });
}

/// A stand-in for the accuracy of a trained network.
double fitness_of(const std::string& arch) {
  return static_cast<double>(std::hash<std::string>()(arch) % 1000) / 1000;
}

/// Asks and tells, each by a new object, until the search has ended.
/// @param most      trials per call
/// @param backwards whether the last of them is told first, by a call of its own
std::map<std::size_t, std::string> follow(const RunSpec& spec, const RunDirectory& directory,
                                          std::size_t most, bool backwards) {
  std::map<std::size_t, std::string> archs;
  for (;;) {
    std::vector<Trial> trials = opened(spec, directory).ask(most, false);
    if (trials.empty()) return archs;
    if (backwards) std::reverse(trials.begin(), trials.end());
    for (const Trial& trial : trials) {
      archs.emplace(trial.id, trial.arch);
      opened(spec, directory).tell({{trial.id, fitness_of(trial.arch), {}}});
    }
  }
}

std::vector<std::size_t> ids_of(const std::vector<Trial>& trials) {
  std::vector<std::size_t> ids;
  for (const Trial& trial : trials) ids.push_back(trial.id);
  return ids;
}

using Ids = std::vector<std::size_t>;

}  // namespace

TEST_CASE("trials depend neither on the order of outcomes nor on the number asked for",
          "[record]") {
  const TemporaryFolder folder;
  const RunSpec spec = resolve(trial_config());
  const RunDirectory one{folder.path() / "one"}, other{folder.path() / "other"};
  const auto archs = follow(spec, one, 1, false);
  CHECK(archs.size() > 20);
  CHECK(follow(spec, other, 4, true) == archs);

  const FinishedRun run = read_finished_run(one.path);
  CHECK(run.rule == fitness_rule());
  CHECK(run.ranking.size() == archs.size());
  CHECK(run.document.at("ended_by") == "budget");
  CHECK(run.document.at("counts").at("asked") == 60);
  for (std::size_t k = 0; k < run.ranking.size(); ++k) {
    CHECK(*run.value(run.ranking[k]) == fitness_of(run.ranking[k].arch));
    if (k > 0) CHECK(*run.value(run.ranking[k - 1]) >= *run.value(run.ranking[k]));
  }
  CHECK(folder_violations(folder.path()) == std::vector<std::string>{});
}

TEST_CASE("trials that are not told are asked for again", "[record]") {
  const TemporaryFolder folder;
  const RunDirectory directory{folder.path() / "run"};
  const RunSpec spec = resolve(trial_config());
  const std::vector<Trial> first = opened(spec, directory).ask(3, false);
  CHECK(ids_of(first) == Ids{0, 1, 2});
  opened(spec, directory).tell({{1, 0.5, {}}});
  CHECK(ids_of(opened(spec, directory).ask(3, false)) == Ids{0, 2, 3});
  CHECK(ids_of(opened(spec, directory).ask(2, true)).empty());  // the window is full
  opened(spec, directory).tell({{0, {}, "out of memory"}});
  const std::vector<Trial> next = opened(spec, directory).ask(2, true);
  CHECK(next.front().id == 4);
  CHECK(opened(spec, directory).awaited() == 2 + next.size());
  CHECK(ids_of(opened(spec, directory).awaited_trials(2)) == Ids{2, 3});
  CHECK(opened(spec, directory).awaited() == 2 + next.size());
}

TEST_CASE("what nobody has asked for counts as no proposal", "[record]") {
  const TemporaryFolder folder;
  const RunDirectory directory{folder.path() / "run"};
  Config config = trial_config();
  config.search.strategy = "random";
  config.search.dedupe = Dedupe::exact;
  const RunSpec spec = resolve(config);
  opened(spec, directory).ask(3, false);
  opened(spec, directory).tell({{0, 0.5, {}}});
  CHECK(read_finished_run(directory.path).document.at("counts").at("asked") == 3);
}

TEST_CASE("a random search may await any number of trials", "[record]") {
  const TemporaryFolder folder;
  Config config = trial_config();
  config.search.strategy = "random";
  config.search.dedupe = Dedupe::exact;
  const RunSpec spec = resolve(config);
  TrialRun run = opened(spec, {folder.path() / "run"});
  CHECK(run.ask(50, false).size() == 50);
  CHECK(run.ask(60, true).size() == 10);
  CHECK_FALSE(run.ended_by());
}

TEST_CASE("a search of which every trial fails ends, too", "[record]") {
  const TemporaryFolder folder;
  const RunDirectory directory{folder.path() / "run"};
  const RunSpec spec = resolve(trial_config());
  TrialRun run = opened(spec, directory);
  for (std::vector<Trial> trials = run.ask(4, false); !trials.empty(); trials = run.ask(4, false)) {
    for (const Trial& trial : trials) run.tell({{trial.id, {}, "diverged"}});
  }
  CHECK(run.ended_by() == EndedBy::budget);
  const FinishedRun finished = read_finished_run(directory.path);
  CHECK_FALSE(finished.value(finished.ranking.front()));
  CHECK(finished.ranking.front().evaluation.reason == "diverged");
  CHECK(folder_violations(folder.path()) == std::vector<std::string>{});
}

TEST_CASE("an outcome is told once, all of a call or none", "[record]") {
  const TemporaryFolder folder;
  const RunDirectory directory{folder.path() / "run"};
  const RunSpec spec = resolve(trial_config());
  TrialRun run = opened(spec, directory);
  run.ask(3, false);
  CHECK_THROWS_WITH(run.tell({{0, 0.5, {}}, {7, 0.5, {}}}),
                    "trial 7 was not asked for: expected an id below 3");
  CHECK_THROWS_AS(run.tell({{0, 0.5, {}}, {0, 0.6, {}}}), UsageError);
  CHECK(run.records().told.empty());
  run.tell({{0, 0.5, {}}, {0, 0.5, {}}});
  run.tell({{0, 0.5, {}}, {2, 0.25, {}}});
  CHECK(run.records().told.size() == 2);
  CHECK_THROWS_WITH(
      run.tell({{0, {}, "diverged"}}),
      ContainsSubstring("trial 0 has the outcome {\"id\":0,\"fitness\":0.5} already"));
}

TEST_CASE("the journal of trials belongs to its settings, and to no search", "[record]") {
  const TemporaryFolder folder;
  const RunDirectory directory{folder.path() / "run"};
  Config config = trial_config();
  const RunSpec spec = resolve(config);
  opened(spec, directory).ask(3, false);

  config.run.seed = 4;
  const RunSpec other_seed = resolve(config);
  CHECK_THROWS_WITH(opened(other_seed, directory),
                    ContainsSubstring("run.seed (--seed): the run has 3, asked for 4"));
  config = trial_config();
  config.search.budget = 100;
  const RunSpec longer = resolve(config);
  CHECK(opened(longer, directory).course().most_proposals() == 100);
  config.search.budget = 2;
  const RunSpec shorter = resolve(config);
  CHECK_THROWS_WITH(opened(shorter, directory), ContainsSubstring("--budget: "));
  // What was refused is not recorded.
  CHECK_THAT(read_file(directory.config()), ContainsSubstring("\"budget\": 100"));

  JournalContent content;
  CHECK_THROWS_WITH(Journal::resume(directory.journal(), content),
                    ContainsSubstring("wrcor ask and wrcor tell"));

  std::string text = read_file(directory.journal());
  const std::size_t last = text.rfind("\"id\":2");
  folder.write(directory.journal(), text.replace(last, 6, "\"id\":3"));
  CHECK_THROWS_AS(opened(spec, directory), DataError);
}

TEST_CASE("what wrcor tell reads is a fitness or a reason", "[record]") {
  const auto read = [](const char* text) {
    return trial_outcome_from_json(nlohmann::ordered_json::parse(text));
  };
  CHECK(read(R"({"id": 3, "fitness": 1})") == TrialOutcome{3, 1.0, {}});
  CHECK(read(R"({"failed": "diverged", "id": 0})") == TrialOutcome{0, {}, "diverged"});
  for (const char* text :
       {"3", "{}", R"({"id": 1})", R"({"fitness": 1})", R"({"id": -1, "fitness": 1})",
        R"({"id": 1, "fitness": "1"})", R"({"id": 1, "fitness": null})",
        R"({"id": 1, "failed": ""})", R"({"id": 1, "fitness": 1, "failed": "x"})",
        R"({"id": 1, "fitness": 1, "epoch": 2})", R"({"id": 1.5, "fitness": 1})"})
    CHECK_THROWS_AS(read(text), UsageError);
}
