#include "support/catch.h"
#include "wrcor/score/ranking.h"

using namespace wrcor;

namespace {

Ranked entry(const std::string& arch, std::optional<double> score, std::vector<double> costs) {
  Evaluation evaluation;
  evaluation.status = score ? Status::ok : Status::degenerate;
  evaluation.scores = {{"params", score ? Score::of(*score) : Score::degenerate("singular", 0)}};
  Ranked made{arch, arch, evaluation, 0};
  made.costs = std::move(costs);
  return made;
}

std::vector<std::optional<std::size_t>> fronts(const std::vector<Ranked>& entries) {
  std::vector<std::optional<std::size_t>> result;
  for (const Ranked& of : entries) result.push_back(of.front);
  return result;
}

}  // namespace

TEST_CASE("fronts are of the value and the costs, in the direction of the rule",
          "[score][fronts]") {
  std::vector<Ranked> entries{entry("a", 9, {9}), entry("b", 5, {5}), entry("c", 5, {6}),
                              entry("d", 1, {1}), entry("e", {}, {0})};
  find_fronts(entries, RankingRule::parse("+params"));
  CHECK((fronts(entries) == std::vector<std::optional<std::size_t>>{1, 1, 2, 1, {}}));
  // Lower is better: the cheapest is best in all.
  find_fronts(entries, RankingRule::parse("-params"));
  CHECK((fronts(entries) == std::vector<std::optional<std::size_t>>{4, 2, 3, 1, {}}));
}

TEST_CASE("without costs there are no fronts", "[score][fronts]") {
  std::vector<Ranked> entries{entry("a", 9, {}), entry("b", 5, {})};
  find_fronts(entries, RankingRule::parse("+params"));
  CHECK((fronts(entries) == std::vector<std::optional<std::size_t>>{{}, {}}));
  CHECK_FALSE(front_hypervolume(entries, RankingRule::parse("+params")));
}

TEST_CASE("the hypervolume is a fraction of the box of all that was found", "[score][fronts]") {
  const RankingRule rule = RankingRule::parse("+params");
  std::vector<Ranked> entries{entry("a", 10, {30}), entry("b", 5, {20}), entry("c", 0, {10}),
                              entry("d", {}, {0})};
  find_fronts(entries, rule);
  CHECK(front_hypervolume(entries, rule) == Approx(0.25));
  entries.push_back(entry("e", 10, {10}));
  find_fronts(entries, rule);
  CHECK(front_hypervolume(entries, rule) == Approx(1));
}
