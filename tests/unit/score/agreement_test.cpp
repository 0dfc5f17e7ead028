#include "score/agreement.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "support/catch.h"
#include "wrcor/core/random.h"

using namespace wrcor;

namespace {

using Scores = std::vector<std::optional<double>>;

/// Scores that follow the metric with normal noise of the same size: a correlation of sqrt(1/2).
struct Sample {
  Scores scores;
  std::vector<double> metric;

  Sample(std::uint64_t seed, std::size_t size) {
    Rng rng(seed);
    for (std::size_t k = 0; k < size; ++k) {
      metric.push_back(rng.normal());
      scores.emplace_back(metric.back() + rng.normal());
    }
  }
  Agreement agreement(std::size_t k = 10) const { return {scores, metric, k}; }
};

/// Items, best first.
using Broken = std::vector<std::size_t>;

/// All orders of values in which only ties are broken, each as often as any other.
std::vector<Broken> broken_ties(const std::vector<double>& values) {
  Broken order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::vector<Broken> all;
  do {
    const bool sorted = std::is_sorted(order.begin(), order.end(),
                                       [&](auto a, auto b) { return values[a] > values[b]; });
    if (sorted) all.push_back(order);
  } while (std::next_permutation(order.begin(), order.end()));
  return all;
}

/// The share of the orders in which an item is among the first k.
double share_in_top(const std::vector<Broken>& orders, std::size_t item, std::ptrdiff_t k) {
  const auto count = std::count_if(orders.begin(), orders.end(), [&](const Broken& order) {
    return std::find(order.begin(), order.begin() + k, item) != order.begin() + k;
  });
  return static_cast<double>(count) / static_cast<double>(orders.size());
}

}  // namespace

TEST_CASE("a perfect score has no regret and finds all of the top", "[score][agreement]") {
  const Measures measures = Agreement({1, 2, 3, 4}, {70, 80, 90, 95}, 2).measures();
  CHECK(measures[Measure::spearman] == 1);
  CHECK(measures[Measure::kendall] == 1);
  CHECK(measures[Measure::top_k] == 1);
  CHECK(measures[Measure::top_5_percent] == 1);
  CHECK(measures[Measure::regret_top_1] == 0);
  CHECK(measures[Measure::regret_top_5] == 0);
}

TEST_CASE("regret is what the best of the highest scored lacks", "[score][agreement]") {
  const Measures measures =
      Agreement({7, 6, 5, 4, 3, 2, 1}, {10, 60, 20, 30, 40, 50, 94}, 3).measures();
  CHECK(measures[Measure::regret_top_1] == 84);
  CHECK(measures[Measure::regret_top_5] == 34);
  CHECK(*measures[Measure::top_k] == Approx(1.0 / 3));
  CHECK(measures[Measure::top_5_percent] == 0);
}

TEST_CASE("undefined scores are worst and tie with each other", "[score][agreement]") {
  const Scores undefined{std::nullopt, 5, std::nullopt, 6};
  const Scores lowest{-1, 5, -1, 6};
  const std::vector<double> metric{50, 60, 40, 90};
  const Measures a = Agreement(undefined, metric, 2).measures();
  const Measures b = Agreement(lowest, metric, 2).measures();
  for (const Measure m : {Measure::spearman, Measure::kendall, Measure::top_k,
                          Measure::regret_top_1, Measure::regret_top_5})
    CHECK(a[m] == b[m]);
  CHECK(*a[Measure::pearson] == Approx(1));  // of the two that are defined
}

TEST_CASE("ties are broken at random", "[score][agreement]") {
  // Of two equally scored architectures either is chosen half the time.
  CHECK(Agreement({1, 1, 0}, {50, 60, 70}, 1).measures()[Measure::regret_top_1] == 15);
  CHECK(Agreement({1, 1, 0}, {60, 50, 70}, 1).measures()[Measure::regret_top_1] == 15);
  // The best has either of two equal metrics.
  CHECK(Agreement({1, 2, 0}, {70, 70, 60}, 1).measures()[Measure::top_k] == 0.5);
  CHECK(Agreement({2, 2, 0}, {70, 70, 60}, 1).measures()[Measure::top_k] == 0.5);
  CHECK(Agreement({2, 2, 0}, {70, 70, 60}, 2).measures()[Measure::top_k] == 1);
}

TEST_CASE("measures are means over all ways to break ties", "[score][agreement]") {
  Rng rng(9);
  for (int trial = 0; trial < 20; ++trial) {
    std::vector<double> scores, metric;
    for (int k = 0; k < 7; ++k) {
      scores.push_back(static_cast<double>(rng.below(3)));
      metric.push_back(static_cast<double>(rng.below(4)));
    }
    metric[0] = 9;  // never constant
    const std::vector<Broken> by_score = broken_ties(scores), by_metric = broken_ties(metric);
    double regret = 0, shared = 0;
    for (const Broken& chosen : by_score) {
      const auto best = std::max_element(chosen.begin(), chosen.begin() + 5,
                                         [&](auto a, auto b) { return metric[a] < metric[b]; });
      regret += 9 - metric[*best];
    }
    for (std::size_t k = 0; k < 7; ++k)
      shared += share_in_top(by_score, k, 3) * share_in_top(by_metric, k, 3);
    const Measures measures = Agreement({scores.begin(), scores.end()}, metric, 3).measures();
    CHECK(*measures[Measure::regret_top_5] ==
          Approx(regret / static_cast<double>(by_score.size())).margin(1e-12));
    CHECK(*measures[Measure::top_k] == Approx(shared / 3));
  }
}

TEST_CASE("copies in a resample are one architecture, not a tie", "[score][agreement]") {
  const Agreement perfect({4, 3, 2, 1}, {90, 80, 70, 60}, 1);
  const std::vector<std::uint32_t> counts{0, 3, 0, 1};
  CHECK(perfect.measures(counts)[Measure::top_k] == 1);
  CHECK(perfect.measures(counts)[Measure::regret_top_1] == 0);
  // Of four that tie two are drawn, which has either copy of the best with probability 1/2.
  const Agreement tied({1, 1, 1}, {90, 80, 70}, 2);
  CHECK(*tied.measures(std::vector<std::uint32_t>{2, 1, 1})[Measure::top_k] == Approx(0.5));
  // Whichever copy is drawn, it is the best.
  const Agreement coarse({1, 1, 1}, {90, 80, 70}, 1);
  CHECK(*coarse.measures(std::vector<std::uint32_t>{2, 1, 1})[Measure::top_k] == Approx(0.5));
}

TEST_CASE("a constant score finds what chance finds, and correlates with nothing",
          "[score][agreement]") {
  Scores scores(40, 1);
  std::vector<double> metric;
  for (int k = 0; k < 40; ++k) metric.push_back(60 + 0.75 * k);
  const Measures measures = Agreement(scores, metric, 10).measures();
  CHECK_FALSE(measures[Measure::spearman]);
  CHECK_FALSE(measures[Measure::kendall]);
  CHECK_FALSE(measures[Measure::pearson]);
  CHECK(*measures[Measure::top_k] == Approx(0.25));
  CHECK(*measures[Measure::top_5_percent] == Approx(0.05));
  CHECK(*measures[Measure::regret_top_1] == Approx(14.625));
  CHECK(*measures[Measure::regret_top_5] == Approx(4.375));
}

TEST_CASE("where there is nothing to measure there is no figure", "[score][agreement]") {
  const auto none = [](const Agreement& agreement) {
    const Measures measures = agreement.measures();
    for (std::size_t m = 0; m < measure_count; ++m) {
      if (measures[static_cast<Measure>(m)]) return false;
    }
    return true;
  };
  CHECK(none(Agreement({}, {}, 1)));
  CHECK(none(Agreement({5}, {60}, 1)));
  CHECK(none(Agreement({1, 2, 3}, {60, 60, 60}, 1)));
  CHECK(none(Agreement({std::nullopt, std::nullopt}, {60, 50}, 1)));
  CHECK_FALSE(none(Agreement({1, 1}, {60, 50}, 1)));
  CHECK_FALSE(Agreement({1, 2, 3}, {3, 2, 1}, 4).measures()[Measure::top_k]);
  CHECK(Agreement({1, 2, 3}, {3, 2, 1}, 3).measures()[Measure::top_k] == 1);
}

TEST_CASE("a resample has the measures of the list written out", "[score][agreement]") {
  Sample sample(3, 60);
  for (std::size_t k = 0; k < 60; k += 7) sample.scores[k].reset();
  for (std::size_t k = 1; k < 60; k += 5) sample.scores[k] = 1;
  Rng rng(4);
  std::vector<std::uint32_t> counts(60);
  for (int k = 0; k < 60; ++k) ++counts[rng.below(60)];
  Sample expanded(0, 0);
  for (std::size_t k = 0; k < 60; ++k) {
    expanded.scores.insert(expanded.scores.end(), counts[k], sample.scores[k]);
    expanded.metric.insert(expanded.metric.end(), counts[k], sample.metric[k]);
  }
  const Measures weighted = sample.agreement().measures(counts);
  const Measures plain = expanded.agreement().measures();
  // Except the tops: written out, copies would be different architectures that tie.
  for (const Measure measure : {Measure::spearman, Measure::kendall, Measure::pearson,
                                Measure::regret_top_1, Measure::regret_top_5}) {
    INFO(to_string(measure));
    REQUIRE(weighted[measure]);
    CHECK(*weighted[measure] == Approx(*plain[measure]).epsilon(1e-12));
  }
}

TEST_CASE("bootstrap intervals are as wide as the spread of the statistic", "[score][agreement]") {
  // Fisher: atanh(r) of 500 pairs has the standard deviation 1/sqrt(497); of rho a little more.
  const Sample sample(5, 500);
  const Intervals intervals = bootstrap({sample.agreement()}, 1000, 0, 1).front();
  const auto half_width = [&](Measure measure) {
    return (std::atanh(intervals[measure]->high) - std::atanh(intervals[measure]->low)) / 2;
  };
  CHECK(half_width(Measure::pearson) == Approx(1.96 / std::sqrt(497)).epsilon(0.1));
  CHECK(half_width(Measure::spearman) == Approx(1.08 * 1.96 / std::sqrt(497)).epsilon(0.15));
  for (const Measure m : {Measure::spearman, Measure::kendall, Measure::pearson}) {
    CHECK(intervals[m]->low < sample.agreement().measures()[m]);
    CHECK(intervals[m]->high > sample.agreement().measures()[m]);
  }
  CHECK(intervals[Measure::regret_top_1]->low >= 0);
  CHECK(intervals[Measure::top_k]->high <= 1);
}

TEST_CASE("bootstrap intervals depend on the seed, not on the workers", "[score][agreement]") {
  const std::vector<Agreement> agreements{Sample(6, 100).agreement(), Sample(7, 30).agreement()};
  const auto ends = [&](std::uint64_t seed, int workers) {
    std::vector<double> values;
    for (const Intervals& intervals : bootstrap(agreements, 50, seed, workers)) {
      for (std::size_t m = 0; m < measure_count; ++m) {
        const auto& interval = intervals[static_cast<Measure>(m)];
        values.insert(values.end(), {interval->low, interval->high});
      }
    }
    return values;
  };
  CHECK(ends(1, 1) == ends(1, 3));
  CHECK(ends(1, 1) != ends(2, 1));
  // Other requested measures change nothing.
  CHECK(bootstrap({agreements[1]}, 50, 1, 1).front()[Measure::kendall]->low ==
        bootstrap(agreements, 50, 1, 1)[1][Measure::kendall]->low);
}

TEST_CASE("without resamples, or where nothing is defined, there is no interval",
          "[score][agreement]") {
  CHECK_FALSE(bootstrap({Sample(8, 20).agreement()}, 0, 0, 2).front()[Measure::spearman]);
  const Agreement constant({1, 1, 1}, {50, 70, 60}, 1);
  const Intervals intervals = bootstrap({constant}, 20, 0, 2).front();
  CHECK_FALSE(intervals[Measure::spearman]);
  CHECK(intervals[Measure::regret_top_1]);
}

TEST_CASE("correlations near the top are those of the best by the metric", "[score][agreement]") {
  // Of 40 architectures the best 2 are in the wrong order, of the best 4 the others in the right
  // one.
  Scores scores;
  std::vector<double> metric;
  for (int k = 0; k < 40; ++k) {
    metric.push_back(90 - k);
    scores.emplace_back(k < 2 ? k - 100 : -k);
  }
  const Measures measures = Agreement(scores, metric, 10).measures();
  CHECK(*measures[Measure::kendall_top_5_percent] == -1);
  CHECK(*measures[Measure::spearman_top_5_percent] == -1);
  // The pairs of 4: (0, 1) discordant, the 4 of one of these with 2 or 3 discordant, (2, 3) not.
  CHECK(*measures[Measure::kendall_top_10_percent] == Approx((1.0 - 5.0) / 6));
  // Those that tie with the last of the best belong to them.
  metric[2] = metric[3] = metric[1];
  const Measures tied = Agreement(scores, metric, 10).measures();
  CHECK(*tied[Measure::kendall_top_5_percent] == Approx(-3 / std::sqrt(6.0 * 3.0)));
}

TEST_CASE("nDCG weighs accuracies in percent exponentially", "[score][agreement]") {
  // Gains 2^2 - 1, 2^1 - 1 and 2^0 - 1; discounts 1, 1 / log2(3), 1 / 2.
  const std::vector<double> metric{2, 1, 0};
  const double ideal = 3 + 1 / std::log2(3);
  CHECK(*Agreement({3, 2, 1}, metric, 1).measures()[Measure::ndcg] == Approx(1));
  CHECK(*Agreement({1, 2, 3}, metric, 1).measures()[Measure::ndcg] ==
        Approx((1 / std::log2(3) + 3.0 / 2) / ideal));
  // Equal scores come in any order.
  CHECK(*Agreement({1, 1, 0}, metric, 1).measures()[Measure::ndcg] ==
        Approx((2 + 2 / std::log2(3)) / ideal));
  // Fractions count as percentages; other metrics have none.
  CHECK(*Agreement({1, 2, 3}, {0.02, 0.01, 0}, 1).measures()[Measure::ndcg] ==
        Approx((1 / std::log2(3) + 3.0 / 2) / ideal));
  CHECK_FALSE(Agreement({1, 2, 3}, {-2, -1, 0}, 1).measures()[Measure::ndcg]);
  CHECK_FALSE(Agreement({1, 2, 3}, {200, 1, 0}, 1).measures()[Measure::ndcg]);
}

TEST_CASE("pairs of similar size are told from the others", "[score][agreement]") {
  // The score is the size: in the pairs of similar size it is wrong once and right once.
  const Scores scores{100, 105, 200, 210};
  const std::vector<double> metric{70, 60, 80, 90}, sizes{100, 105, 200, 210};
  const Measures measures = Agreement(scores, metric, 2, sizes).measures();
  CHECK(*measures[Measure::kendall] == Approx(4.0 / 6));
  CHECK(*measures[Measure::kendall_same_size] == 0);
  CHECK_FALSE(Agreement(scores, metric, 2).measures()[Measure::kendall_same_size]);
  CHECK_FALSE(Agreement(scores, metric, 2, {1, 2, 3, 4}).measures()[Measure::kendall_same_size]);
}

TEST_CASE("the interval of pairs of similar size is that of the jackknife", "[score][agreement]") {
  Scores scores;
  std::vector<double> metric, sizes;
  for (int i = 0; i < 12; ++i) {
    scores.emplace_back(i * 7 % 12);
    metric.push_back(i);
    sizes.push_back(100 + 2 * i);
  }
  const auto tau_without = [&](std::size_t left_out) {
    Scores its_scores;
    std::vector<double> its_metric, its_sizes;
    for (std::size_t i = 0; i < metric.size(); ++i) {
      if (i == left_out) continue;
      its_scores.push_back(scores[i]);
      its_metric.push_back(metric[i]);
      its_sizes.push_back(sizes[i]);
    }
    return *Agreement(its_scores, its_metric, 2, its_sizes).measures()[Measure::kendall_same_size];
  };
  std::vector<double> all;
  double mean = 0, squares = 0;
  for (std::size_t i = 0; i < 12; ++i) all.push_back(tau_without(i));
  for (const double tau : all) mean += tau / 12;
  for (const double tau : all) squares += (tau - mean) * (tau - mean);
  const double half = 1.96 * std::sqrt(squares * 11 / 12);

  const Agreement agreement(scores, metric, 2, sizes);
  const double tau = *agreement.measures()[Measure::kendall_same_size];
  const auto interval = bootstrap({agreement}, 10, 0, 1).front()[Measure::kendall_same_size];
  REQUIRE(interval);
  CHECK(interval->low == Approx(tau - half));
  CHECK(interval->high == Approx(tau + half));
  CHECK_FALSE(bootstrap({agreement}, 0, 0, 1).front()[Measure::kendall_same_size]);
  // Of one pair alone there is none.
  const Agreement two({1, 2}, {1, 2}, 1, {100, 101});
  CHECK(*two.measures()[Measure::kendall_same_size] == 1);
  CHECK_FALSE(bootstrap({two}, 10, 0, 1).front()[Measure::kendall_same_size]);
}
