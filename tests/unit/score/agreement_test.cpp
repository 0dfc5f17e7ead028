#include "wrcor/score/agreement.h"

#include <cmath>

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

TEST_CASE("the first of equally scored architectures is chosen", "[score][agreement]") {
  CHECK(Agreement({1, 1, 0}, {50, 60, 70}, 1).measures()[Measure::regret_top_1] == 20);
  CHECK(Agreement({1, 1, 0}, {60, 50, 70}, 1).measures()[Measure::regret_top_1] == 10);
  CHECK(Agreement({std::nullopt, std::nullopt}, {60, 50}, 1).measures()[Measure::regret_top_1] ==
        0);
}

TEST_CASE("k beyond the number of architectures is all of them", "[score][agreement]") {
  CHECK(Agreement({1, 2, 3}, {3, 2, 1}, 100).measures()[Measure::top_k] == 1);
}

TEST_CASE("a constant score has no correlation, but a regret", "[score][agreement]") {
  const Measures measures = Agreement({1, 1, 1}, {50, 70, 60}, 1).measures();
  CHECK_FALSE(measures[Measure::spearman]);
  CHECK_FALSE(measures[Measure::kendall]);
  CHECK_FALSE(measures[Measure::pearson]);
  CHECK(measures[Measure::regret_top_1] == 20);
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
  for (std::size_t m = 0; m < measure_count; ++m) {
    const auto measure = static_cast<Measure>(m);
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
  // What else is asked for changes nothing.
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
