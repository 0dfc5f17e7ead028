#include "wrcor/score/ranking.h"

#include <cmath>

#include "score/statistics.h"
#include "support/catch.h"
#include "wrcor/core/random.h"

using namespace wrcor;

namespace {

/// An evaluation with a score of "wrcor" in each repeat.
Evaluation scored(const std::vector<double>& repeats) {
  double sum = 0;
  for (const double value : repeats) sum += value;
  Score score = Score::of(sum / static_cast<double>(repeats.size()));
  score.repeats = repeats;
  Evaluation evaluation;
  evaluation.scores.emplace_back("wrcor", score);
  return evaluation;
}

const RankingRule by_wrcor = RankingRule::parse("wrcor");

}  // namespace

TEST_CASE("points of Student's t distribution are those of the tables", "[score]") {
  // Abramowitz and Stegun, table 26.10.
  CHECK(std::abs(student_t_97_5(1) - 12.706) < 1e-3);
  CHECK(std::abs(student_t_97_5(4) - 2.776) < 1e-3);
  CHECK(std::abs(student_t_97_5(11) - 2.201) < 1e-3);
  CHECK(std::abs(student_t_97_5(20) - 2.086) < 1e-3);
  CHECK(std::abs(student_t_97_5(60) - 2.000) < 1e-3);
  CHECK(std::abs(student_t_97_5(120) - 1.980) < 1e-3);
}

TEST_CASE("what differs in every repeat alike has a sure rank", "[score]") {
  const std::vector<Evaluation> evaluations{scored({1, 2, 3.5}), scored({11, 12, 13.5}),
                                            scored({6, 7, 8.5})};
  const auto ranks = rank_intervals(by_wrcor, evaluations);
  CHECK(ranks[0] == RankInterval{3, 3});
  CHECK(ranks[1] == RankInterval{1, 1});
  CHECK(ranks[2] == RankInterval{2, 2});
}

TEST_CASE("what chance may have ordered shares its ranks", "[score]") {
  // The first two win twice each; the third is far below.
  const std::vector<Evaluation> evaluations{scored({10, 12, 10, 12}), scored({12, 10, 12, 10.5}),
                                            scored({0, 1, 0.5, 1})};
  const auto ranks = rank_intervals(by_wrcor, evaluations);
  CHECK(ranks[0] == RankInterval{1, 2});
  CHECK(ranks[1] == RankInterval{1, 2});
  CHECK(ranks[2] == RankInterval{3, 3});
}

TEST_CASE("a mean difference at the bound of the paired test decides", "[score]") {
  // Differences 1 + d, 1, 1 - d: t = sqrt(3) / d against 4.3027 for two degrees of freedom.
  const double bound = std::sqrt(3.0) / 4.3027;
  const auto ranks_of_second = [](double d) {
    const std::vector<Evaluation> evaluations{scored({6 + d, 6, 6 - d}), scored({5, 5, 5})};
    return rank_intervals(by_wrcor, evaluations)[1];
  };
  CHECK(ranks_of_second(bound * 0.999) == RankInterval{2, 2});
  CHECK(ranks_of_second(bound * 1.001) == RankInterval{1, 2});
}

TEST_CASE("scores whose squares no double holds are compared as others are", "[score]") {
  const std::vector<Evaluation> apart{scored({1.8e202, 1.81e202, 1.79e202}),
                                      scored({1e202, 1.01e202, 0.99e202})};
  CHECK(rank_intervals(by_wrcor, apart)[0] == RankInterval{1, 1});
  const std::vector<Evaluation> mixed{scored({1.8e202, 0.9e202}), scored({1.1e202, 1.2e202})};
  CHECK(rank_intervals(by_wrcor, mixed)[0] == RankInterval{1, 2});
}

TEST_CASE("what was scored without repeats among others has no interval", "[score]") {
  Evaluation once = scored({5});
  once.scores.front().second.repeats.clear();
  const std::vector<Evaluation> evaluations{scored({1, 2, 3.5}), once, scored({11, 12, 13.5})};
  const auto ranks = rank_intervals(by_wrcor, evaluations);
  CHECK(ranks[0] == RankInterval{2, 2});
  CHECK_FALSE(ranks[1]);
  CHECK(ranks[2] == RankInterval{1, 1});
}

TEST_CASE("the spread of huge values is finite", "[score]") {
  const std::vector<double> values{1e300, 3e300};
  const Spread spread = spread_of(values);
  CHECK(spread.mean == Approx(2e300));
  CHECK(spread.deviation == Approx(std::sqrt(2.0) * 1e300));
  CHECK(spread_of(std::vector<double>{0, 0}).deviation == 0);
}

TEST_CASE("lower is better turns the ranks", "[score]") {
  const std::vector<Evaluation> evaluations{scored({1, 2}), scored({11, 12})};
  const auto ranks = rank_intervals(RankingRule::parse("-wrcor"), evaluations);
  CHECK(ranks[0] == RankInterval{1, 1});
  CHECK(ranks[1] == RankInterval{2, 2});
}

TEST_CASE("without repeats, or with unequal ones, there are no intervals", "[score]") {
  const std::vector<Evaluation> single{scored({1}), scored({2})};
  CHECK_FALSE(rank_intervals(by_wrcor, single)[0]);
  const std::vector<Evaluation> unequal{scored({1, 2}), scored({2, 3, 4})};
  CHECK_FALSE(rank_intervals(by_wrcor, unequal)[0]);
}

TEST_CASE("what has no score has no interval and takes no rank", "[score]") {
  Evaluation none;
  none.scores.emplace_back("wrcor", Score::degenerate("disconnected", 0));
  const std::vector<Evaluation> evaluations{scored({1, 2}), none};
  const auto ranks = rank_intervals(by_wrcor, evaluations);
  CHECK(ranks[0] == RankInterval{1, 1});
  CHECK_FALSE(ranks[1]);
}

TEST_CASE("the intervals cover the true rank in 95 of 100 cases of two", "[score]") {
  // Two architectures of one expected score: the test calls one of them better in 5 % of samples.
  Rng rng(7);
  const auto normal = [&] {  // sum of twelve uniform ones
    double sum = -6;
    for (int i = 0; i < 12; ++i) sum += static_cast<double>(rng.below(1 << 20)) / (1 << 20);
    return sum;
  };
  int decided = 0;
  constexpr int samples = 4000;
  for (int i = 0; i < samples; ++i) {
    std::vector<double> a(5), b(5);
    for (double& value : a) value = normal();
    for (double& value : b) value = normal();
    const std::vector<Evaluation> evaluations{scored(a), scored(b)};
    if (rank_intervals(by_wrcor, evaluations)[0] != RankInterval{1, 2}) ++decided;
  }
  // Four standard deviations of the binomial distribution.
  CHECK(std::abs(decided - 0.05 * samples) < 4 * std::sqrt(samples * 0.05 * 0.95));
}
