#include <map>

#include "config/proxy_choice.h"
#include "core/file.h"
#include "run/search_run.h"
#include "score/standings.h"
#include "support/catch.h"
#include "support/document_check.h"
#include "support/temporary_folder.h"
#include "unit/config/config_support.h"
#include "wrcor/score/proxies.h"

using namespace wrcor;
using namespace wrcor::test;
using Json = nlohmann::ordered_json;

namespace {

using Names = std::vector<std::string>;

Config configured_vote(const Names& proxies, const std::string& rank_by = {}) {
  Config config;
  config.score.proxies = proxies;
  config.score.rank_by = rank_by;
  return config;
}

Config small_vote(const std::string& rank_by) {
  Config config = configured_vote({"wrcor"}, rank_by);
  config.space.options["channels"] = 4;
  config.space.options["cells"] = 1;
  config.data.batch_size = 8;
  config.search.budget = 30;
  config.search.options["population"] = 10;
  config.search.options["tournament"] = 3;
  config.search.window = 4;
  config.run.seed = 5;
  config.run.workers = 1;
  return config;
}

/// result.json without its timing.
Json search_by_vote(const Config& config, const std::filesystem::path& folder,
                    bool resume = false) {
  run_search(resolve(config), {folder}, resume, {});
  CHECK(folder_violations(folder) == Names{});
  Json result = Json::parse(read_file(folder / "result.json"));
  result.erase("timing");
  return result;
}

const char* const vote_texts[] = {"pairwise(wrcor,acor,-gcor)", "wrcor,acor,-gcor",
                                  "ranksum(wrcor,acor,-gcor)", "zscore(wrcor,acor,-gcor)",
                                  "az(wrcor,acor,-gcor)"};

}  // namespace

TEST_CASE("a run computes what was asked for, then what its ranking needs", "[run][votes]") {
  CHECK(effective_proxies(configured_vote({"acor", "wrcor"})) == Names{"acor", "wrcor"});
  CHECK(effective_proxies(configured_vote({"acor"}, "wrcor")) == Names{"acor", "wrcor"});
  CHECK(effective_proxies(configured_vote({"acor"}, "az(gcor,-acor,wrcor)")) ==
        Names{"acor", "gcor", "wrcor"});
  CHECK(effective_proxies(configured_vote({"all"})) == proxies().names());
  Names reordered = effective_proxies(configured_vote({"gcor", "all"}));
  CHECK(reordered.size() == proxies().names().size());
  CHECK(reordered.front() == "gcor");
}

TEST_CASE("without a rule the first of the proxies orders, without any the vote auto",
          "[run][votes]") {
  CHECK(ranking_rule(configured_vote({})) == RankingRule::parse("auto"));
  CHECK(effective_proxies(configured_vote({})).size() == 7);
  CHECK(effective_proxies(configured_vote({}, "gcor")) == Names{"gcor"});
  CHECK(ranking_rule(configured_vote({"acor", "wrcor"})) == RankingRule::parse("acor"));
  CHECK(ranking_rule(configured_vote({"all"})) == RankingRule::parse("auto"));
  CHECK(ranking_rule(configured_vote({"acor", "wrcor"}, "-wrcor")) == RankingRule::parse("-wrcor"));
}

TEST_CASE("a vote among the proxies stands for its members, and orders as the first",
          "[run][votes]") {
  for (const auto& vote : votes().entries()) {
    INFO(vote.name);
    Names members;
    for (const RankingMember& member : RankingRule::parse(vote.name).members) {
      members.push_back(member.proxy);
    }
    CHECK(effective_proxies(configured_vote({vote.name})) == members);
    CHECK(ranking_rule(configured_vote({vote.name, "acor"})) == RankingRule::parse(vote.name));
    CHECK(ranking_rule(configured_vote({"acor", vote.name})) == RankingRule::parse("acor"));
    CHECK(load_config(sources({{"score.proxies", vote.name}})).score.proxies == Names{vote.name});
  }
  CHECK(load_config(sources({{"score.proxies", "all"}})).score.proxies == Names{"all"});
}

TEST_CASE("a search by a vote is the same on any number of workers and after any interruption",
          "[run][search][votes]") {
  const TemporaryFolder folder;
  for (const std::string text : vote_texts) {
    INFO(text);
    Config config = small_vote(text);
    const auto whole = folder.path() / text / "whole";
    const Json expected = search_by_vote(config, whole);
    config.run.workers = 3;
    CHECK(search_by_vote(config, folder.path() / text / "parallel").dump() == expected.dump());
    const std::string journal = read_file(whole / "journal.jsonl");
    for (const std::size_t share : {3, 2}) {
      const std::size_t end = journal.find('\n', journal.size() / share) + 1;
      const std::string part = text + "/" + std::to_string(share);
      folder.write(part + "/journal.jsonl", journal.substr(0, end));
      CHECK(search_by_vote(config, folder.path() / part, true).dump() == expected.dump());
    }
  }
}

TEST_CASE("the ranking has the values of the vote over all that was found",
          "[run][search][votes]") {
  const TemporaryFolder folder;
  for (const std::string text : vote_texts) {
    INFO(text);
    Config config = small_vote(text);
    config.search.strategy = "random";
    config.search.dedupe = Dedupe::exact;
    const Json result = search_by_vote(config, folder.path() / text);
    CHECK(result["rank_by"] == RankingRule::parse(text).text());
    CHECK(result["config"]["score"]["rank_by"] == text);
    CHECK(result["config"]["score"]["proxies"] == Names{"wrcor"});
    std::vector<MemberScores> scores;
    for (const Json& row : result["ranking"]) {
      MemberScores members;
      for (const char* name : {"wrcor", "acor", "gcor"}) {
        const Json& score = row["scores"][name];
        members.push_back(score.is_null() ? std::nullopt : std::optional(score.get<double>()));
      }
      scores.push_back(members);
    }
    const auto values = vote_values(RankingRule::parse(text), scores);
    CHECK(result["counts"]["degenerate"] > 0);
    for (std::size_t i = 0; i < values.size(); ++i) {
      const Json& vote = result["ranking"][i]["vote"];
      CHECK((values[i] ? vote == *values[i] : vote.is_null()));
      if (i > 0) CHECK(values[i - 1] >= values[i]);
    }
  }
}

TEST_CASE("the methods of one vote make different searches, and so does a single proxy",
          "[run][search][votes]") {
  const TemporaryFolder folder;
  std::map<std::string, std::string> seen;  // architectures met -> by which rule
  for (const std::string text : {"wrcor", "pairwise(wrcor,-acor)", "az(wrcor,-acor)", "-wrcor"}) {
    const SearchResult result =
        run_search(resolve(small_vote(text)), {folder.path() / text}, false, {});
    std::map<std::int64_t, std::string> by_time;
    for (const Ranked& entry : result.ranking) by_time[entry.first_seen] = entry.arch;
    std::string met;
    for (const auto& [number, arch] : by_time) met += arch;
    INFO(text << " and " << seen[met]);
    CHECK(seen[met].empty());
    seen[met] = text;
  }
}

TEST_CASE("a vote of one member searches as that member does", "[run][search][votes]") {
  const TemporaryFolder folder;
  const auto architectures = [&](const std::string& text) {
    const SearchResult result =
        run_search(resolve(small_vote(text)), {folder.path() / text}, false, {});
    Names names;
    for (const Ranked& entry : result.ranking) names.push_back(entry.arch);
    return names;
  };
  const Names expected = architectures("wrcor");
  for (const char* text : {"pairwise(wrcor)", "copeland(wrcor)", "ranksum(wrcor)", "borda(wrcor)",
                           "zscore(wrcor)", "az(wrcor)"}) {
    INFO(text);
    CHECK(architectures(text) == expected);
  }
}

TEST_CASE("a vote has no best score, a proxy has its best, low or high", "[run][search][votes]") {
  const TemporaryFolder folder;
  const auto best_of = [&](const std::string& text) {
    std::optional<double> best;
    run_search(resolve(small_vote(text)), {folder.path() / text}, false,
               [&](const ProgressState& state) { best = state.best; });
    return best;
  };
  CHECK_FALSE(best_of("wrcor,acor"));
  CHECK(best_of("-wrcor") < best_of("wrcor"));
}

TEST_CASE("a run is resumed by the same vote only, however it is written", "[run][search][votes]") {
  const TemporaryFolder folder;
  Config config = small_vote("wrcor,acor");
  config.search.budget = 6;
  search_by_vote(config, folder.path() / "run");
  config.score.rank_by = "az(wrcor,acor)";
  CHECK_THROWS_WITH(
      run_search(resolve(config), {folder.path() / "run"}, true, {}),
      ContainsSubstring("score.rank_by (--rank-by): the run has \"copeland(+wrcor,+acor)\", "
                        "asked for \"logrank(+wrcor,+acor)\""));
  config.score.rank_by = "copeland( +wrcor, acor )";
  config.score.proxies = {"wrcor", "acor"};
  CHECK(run_search(resolve(config), {folder.path() / "run"}, true, {}).timing.evaluated == 0);
}
