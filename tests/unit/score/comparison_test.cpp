#include "score/comparison.h"

#include <set>

#include "record/score_reading.h"
#include "support/catch.h"
#include "support/temporary_folder.h"
#include "wrcor/space/nas_bench_201.h"

using namespace wrcor;

namespace {

const NasBench201 space;

/// The architectures with the ids 0 to count - 1, in the order of their strings.
std::vector<std::string> archs(std::uint64_t count) {
  std::vector<std::string> result;
  for (std::uint64_t id = 0; id < count; ++id) result.push_back(space.format(space.at(id)));
  std::sort(result.begin(), result.end());
  return result;
}

}  // namespace

TEST_CASE("a comparison is of the architectures that have a score and the metric",
          "[score][comparison]") {
  const std::vector<Scorer> scorers = {
      {"all", "proxy", {0, 1, 2, 3}, {1, 2, std::nullopt, 4}},
      {"some", "vote", {1, 3}, {7, 5}},
      {"none", "column", {}, {}},
  };
  const std::vector<Metric> metrics = {{"full", {10, 20, 5, 40}}, {"part", {10, 20, 5, {}}}};
  const auto rows = compare(scorers, metrics, {.k = 1, .resamples = 20});
  REQUIRE(rows.size() == 6);
  CHECK(rows[0].scorer == "all");
  CHECK(rows[0].metric == "full");
  CHECK(rows[0].architectures == 4);
  CHECK(rows[0].undefined == 1);
  CHECK(rows[0].measures[Measure::spearman] == 1);
  CHECK(rows[1].kind == "vote");
  CHECK(rows[1].architectures == 2);
  CHECK(rows[1].measures[Measure::kendall] == -1);
  CHECK(rows[1].measures[Measure::regret_top_1] == 20);
  CHECK(rows[2].architectures == 0);
  CHECK_FALSE(rows[2].measures[Measure::regret_top_1]);
  CHECK_FALSE(rows[2].intervals[Measure::regret_top_1]);
  CHECK(rows[3].metric == "part");
  CHECK(rows[3].architectures == 3);
  CHECK(rows[4].architectures == 1);
  CHECK_FALSE(rows[4].measures[Measure::spearman]);
  CHECK_FALSE(rows[4].measures[Measure::regret_top_1]);
}

TEST_CASE("scores whose lower values are better are turned round, alone and in a vote",
          "[score][comparison]") {
  const test::TemporaryFolder folder;
  const std::vector<std::string> list = archs(3);
  std::string lines;
  for (int i = 0; i < 3; ++i) {
    lines += R"({"arch":")" + list[static_cast<std::size_t>(i)] + R"(","scores":{"plain":)" +
             std::to_string(i) + R"(,"snip":)" + std::to_string(10 - i) + "}}\n";
  }
  ScoreTable scores(space);
  read_scores(folder.write("s.jsonl", lines), scores);
  using Values = std::vector<std::optional<double>>;
  CHECK((proxy_scorer(scores, "plain", list).values == Values{0, -1, -2}));
  const Scorer vote = vote_scorer(scores, "v", RankingRule::parse("ranksum(plain,snip)"), list);
  CHECK(vote.kind == "vote");
  CHECK(vote.scored.size() == 3);
  CHECK((vote.values == Values{3, 2, 1}));
  CHECK(vote_scorer(scores, "v", RankingRule::parse("ranksum(plain,gcor)"), list).scored.empty());
}

TEST_CASE("scorers and metrics come from files by architecture", "[score][comparison]") {
  const test::TemporaryFolder folder;
  const std::vector<std::string> list = archs(3);
  ScoreTable scores(space);
  read_scores(folder.write("s.jsonl", R"({"arch":")" + list[2] +
                                          R"(","scores":{"p":5}})"
                                          "\n"
                                          R"({"arch":")" +
                                          list[0] +
                                          R"(","scores":{"p":null,"q":1}})"
                                          "\n"),
              scores);
  const Scorer p = proxy_scorer(scores, "p", list);
  CHECK(p.scored == std::vector<std::size_t>{0, 2});
  CHECK_FALSE(p.values[0]);
  CHECK(p.values[1] == 5);
  const BenchmarkTable table =
      BenchmarkTable::read(folder.write("t.csv", "id,acc,size\n0,1,\n2,3,4\n"), space,
                           BenchmarkKey::parse("id"), {"acc", "size"});
  const auto position = [&](std::uint64_t id) {
    return static_cast<std::size_t>(
        std::find(list.begin(), list.end(), space.format(space.at(id))) - list.begin());
  };
  CHECK(column_scorer(table, {"size"}, list).scored == std::vector<std::size_t>{position(2)});
  const Metric metric = table_metric(table, {"acc"}, list);
  CHECK(metric.values[position(0)] == 1);
  CHECK_FALSE(metric.values[position(1)]);
  CHECK(metric.values[position(2)] == 3);
}

TEST_CASE("a column whose lower figures are better is turned round", "[score][comparison]") {
  const std::vector<std::string> list = archs(2);
  const BenchmarkTable table =
      BenchmarkTable::parse("id,ms\n0,5\n1,2\n", "t.csv", space, BenchmarkKey::parse("id"), {"ms"});
  const Metric metric = table_metric(table, FigureColumn::parse("-ms"), list);
  CHECK(metric.name == "-ms");
  using Values = std::multiset<std::optional<double>>;
  CHECK((Values(metric.values.begin(), metric.values.end()) == Values{-5, -2}));
  const Scorer scorer = column_scorer(table, FigureColumn::parse("-ms"), list);
  CHECK(scorer.name == "-ms");
  CHECK((scorer.values == metric.values));
  // A subset can be ranked by the figures and the rule.
  CHECK((vote_values(scorer.rule, scorer.members) == scorer.values));
  const Comparison row = compare({scorer}, {metric}, {.k = 1, .resamples = 0}).front();
  CHECK(row.measures[Measure::spearman] == 1);
  CHECK(row.measures[Measure::regret_top_1] == 0);
}
