#include "score/statistics.h"

#include <cmath>
#include <limits>

#include "support/catch.h"
#include "wrcor/core/random.h"

using namespace wrcor;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

struct Lists {
  std::vector<double> x, y;
};

/// Whole numbers with many ties, y partly derived from x, by a generator of three lines that any
/// other program can reproduce.
Lists lists(std::uint64_t seed, std::size_t size, std::uint64_t x_values, std::uint64_t y_values) {
  std::uint64_t state = seed;
  const auto next = [&state] {
    state = (state * 1103515245 + 12345) % 2147483648;
    return state >> 16;
  };
  Lists made;
  for (std::size_t k = 0; k < size; ++k) {
    const std::uint64_t a = next() % x_values, b = next() % y_values;
    made.x.push_back(static_cast<double>(a));
    made.y.push_back(static_cast<double>(a / 3 + b));
  }
  return made;
}

/// Item i, counts[i] times.
std::vector<double> repeated(const std::vector<double>& values, Counts counts) {
  std::vector<double> result;
  for (std::size_t k = 0; k < values.size(); ++k) result.insert(result.end(), counts[k], values[k]);
  return result;
}

}  // namespace

TEST_CASE("correlations are those of SciPy", "[score][statistics]") {
  // spearmanr, kendalltau (tau-b) and pearsonr of SciPy 1.10.1 on lists(seed, size, x, y).
  struct Case {
    std::uint64_t seed, size, x_values, y_values;
    double rho, tau, r;
  };
  const std::vector<Case> cases = {
      {1, 10, 4, 3, 0.48601398601398604, 0.4242424242424242, 0.5713250923757636},
      {2, 50, 7, 5, 0.5014559845045155, 0.3996864676233397, 0.5258620652471433},
      {3, 400, 1000, 400, 0.5842627611122212, 0.4114694884468758, 0.6087201225047261},
      {4, 1000, 30000, 12000, 0.6571109803909572, 0.4653218452092517, 0.6658639220956969},
      {5, 1000, 2, 3, 0.04440159557958067, 0.04187243829365782, 0.04419028198902969},
  };
  for (const Case& c : cases) {
    const Lists made = lists(c.seed, c.size, c.x_values, c.y_values);
    CHECK(spearman(made.x, made.y).value() == Approx(c.rho).margin(1e-12).epsilon(0));
    CHECK(kendall(made.x, made.y).value() == Approx(c.tau).margin(1e-12).epsilon(0));
    CHECK(pearson(made.x, made.y).value() == Approx(c.r).margin(1e-12).epsilon(0));
    CHECK(kendall(made.y, made.x).value() == Approx(c.tau).margin(1e-12).epsilon(0));
  }
}

TEST_CASE("a resample has the correlations of the list written out", "[score][statistics]") {
  const Lists made = lists(2, 50, 7, 5);
  std::vector<std::uint32_t> counts;
  for (std::uint32_t k = 0; k < 50; ++k) counts.push_back(k % 4);
  // SciPy 1.10.1 on the list in which item i stands i mod 4 times.
  const RankCorrelations ranks = PairedRanks(made.x, made.y).correlations(counts);
  CHECK(ranks.spearman.value() == Approx(0.4511224764237547).margin(1e-12).epsilon(0));
  CHECK(ranks.kendall.value() == Approx(0.3672434896707956).margin(1e-12).epsilon(0));
  CHECK(PairedValues(made.x, made.y).pearson(counts).value() ==
        Approx(0.49345730356760154).margin(1e-12).epsilon(0));

  Rng rng(1);
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    const std::size_t size = 1 + rng.below(300);
    const Lists random = lists(seed, size, 1 + rng.below(100), 1 + rng.below(50));
    std::vector<std::uint32_t> drawn(size);
    for (std::size_t k = 0; k < size; ++k) ++drawn[rng.below(size)];
    const std::vector<double> x = repeated(random.x, drawn), y = repeated(random.y, drawn);
    const RankCorrelations weighted = PairedRanks(random.x, random.y).correlations(drawn);
    CHECK(weighted.spearman == spearman(x, y));
    CHECK(weighted.kendall == kendall(x, y));
  }
}

TEST_CASE("perfect agreement is 1 and perfect disagreement -1", "[score][statistics]") {
  const std::vector<double> up{1, 2, 3, 4}, down{8, 6, 4, 2}, steep{1, 10, 100, 1000};
  CHECK(spearman(up, steep) == 1);
  CHECK(kendall(up, steep) == 1);
  CHECK(spearman(up, down) == -1);
  CHECK(kendall(up, down) == -1);
  CHECK(pearson(up, down).value() == Approx(-1).epsilon(1e-15));
}

TEST_CASE("a constant list has no correlation", "[score][statistics]") {
  const std::vector<double> constant{0.1, 0.1, 0.1}, varied{1, 2, 3}, one{1};
  for (const auto& [x, y] : {std::pair{constant, varied}, {varied, constant}, {one, one}}) {
    CHECK_FALSE(spearman(x, y));
    CHECK_FALSE(kendall(x, y));
    CHECK_FALSE(pearson(x, y));
  }
  CHECK_FALSE(spearman({}, {}));
  CHECK_FALSE(kendall({}, {}));
  CHECK_FALSE(pearson({}, {}));
}

TEST_CASE("infinite values rank, and are left out of Pearson's r", "[score][statistics]") {
  const std::vector<double> x{-infinity, 1, 2, -infinity, 3}, y{0, 1, 3, 0, 2};
  CHECK(spearman(x, y).value() == Approx(8.5 / 9.5).epsilon(1e-12));
  CHECK(pearson(x, y).value() == Approx(0.5).epsilon(1e-12));
}

TEST_CASE("the largest of some drawn values is known exactly", "[score][statistics]") {
  const std::vector<double> values{3, 1, 2, 10};
  CHECK(largest_of(values, 1).mean == Approx(4));
  CHECK(largest_of(values, 1).deviation == Approx(std::sqrt(50.0 / 4)));
  // Of the six pairs, three hold 10, two hold 3 without it, one is {1, 2}.
  CHECK(largest_of(values, 2).mean == Approx((3 * 10 + 2 * 3 + 2) / 6.0));
  CHECK(largest_of(values, 2).deviation == Approx(std::sqrt(322 / 6.0 - 38 * 38 / 36.0)));
  CHECK(largest_of(values, 3).mean == Approx((3 * 10 + 3) / 4.0));
  CHECK(largest_of(values, 4).mean == 10);
  CHECK(largest_of(values, 4).deviation == 0);
}

TEST_CASE("huge scores do not overflow", "[score][statistics]") {
  const std::vector<double> huge{1e200, 2e200, 3e200}, small{1, 2, 3};
  CHECK(pearson(huge, small).value() == Approx(1));
}
