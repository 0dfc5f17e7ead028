#include "wrcor/score/ranking.h"

#include "support/catch.h"

using namespace wrcor;

namespace {

/// An architecture with these scores; nothing: degenerate.
Ranked entry(const std::string& arch, std::optional<double> wrcor, std::optional<double> acor) {
  Evaluation evaluation;
  for (const auto& [proxy, value] : {std::pair("wrcor", wrcor), std::pair("acor", acor)}) {
    evaluation.scores.emplace_back(proxy,
                                   value ? Score::of(*value) : Score::degenerate("singular", 0));
  }
  return {arch, arch, evaluation, 0};
}

std::string order_of(const std::vector<Ranked>& entries) {
  std::string order;
  for (const Ranked& each : entries) order += each.arch;
  return order;
}

}  // namespace

TEST_CASE("what orders an entry is its score by the rule, whatever others it has",
          "[score][ranking]") {
  const RankingRule rule = RankingRule::parse("wrcor");
  CHECK(ranking_value(entry("a", 1, 2), rule) == 1);
  CHECK_FALSE(ranking_value(entry("a", {}, 2), rule));
  std::vector<Ranked> entries{entry("a", 1, 3), entry("b", {}, 2)};
  const RankingRule vote = RankingRule::parse("copeland(wrcor,acor)");
  rank(entries, vote);
  CHECK(ranking_value(entries.front(), vote) == 1);
}

TEST_CASE("the first of a ranking that lose their score go behind all that have one",
          "[score][ranking]") {
  const RankingRule rule = RankingRule::parse("wrcor");
  std::vector<Ranked> entries{entry("a", {}, 9), entry("b", 4, 9), entry("c", 3, 9),
                              entry("d", {}, 9)};
  rank_first(entries, 2, rule);
  CHECK(order_of(entries) == "bcad");
}
