#include <map>
#include <set>

#include "support/catch.h"
#include "unit/search/convolutions.h"
#include "wrcor/core/error.h"
#include "wrcor/search/builtin.h"
#include "wrcor/space/constrained_space.h"
#include "wrcor/space/nas_bench_201.h"

using namespace wrcor;
using test::convolutions;

namespace {

std::unique_ptr<SearchStrategy> make(const std::string& name, const SearchSpace& space,
                                     StrategyOptions options = {}, std::uint64_t seed = 1) {
  return strategies().find(name).value.make(space, options, Rng(seed));
}

int distance(const Genotype& a, const Genotype& b) {
  int count = 0;
  for (std::size_t i = 0; i < a.size(); ++i) count += a[i] != b[i];
  return count;
}

}  // namespace

TEST_CASE("random search without replacement visits every cell once", "[search]") {
  const NasBench201 space;
  const auto strategy = make("random", space);
  std::set<Genotype> seen;
  while (const auto proposal = strategy->ask()) CHECK(seen.insert(*proposal).second);
  CHECK(seen.size() == NasBench201::cell_count);
}

TEST_CASE("random search is uniform over cells", "[search]") {
  const NasBench201 space;
  for (const bool replacement : {false, true}) {
    std::map<int, int> counts;
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
      const auto strategy = make("random", space, {.values = {{"replacement", replacement}}}, seed);
      for (int i = 0; i < 50; ++i) ++counts[(*strategy->ask())[static_cast<std::size_t>(i % 6)]];
    }
    double chi_square = 0;
    for (int value = 0; value < 5; ++value)
      chi_square += (counts[value] - 2000.0) * (counts[value] - 2000.0) / 2000.0;
    CHECK(chi_square < 18.47);  // 99.9 % point for 4 degrees of freedom
  }
}

TEST_CASE("random search with replacement may repeat itself", "[search]") {
  const NasBench201 space;
  const auto strategy = make("random", space, {.values = {{"replacement", true}}});
  std::set<Genotype> seen;
  for (int i = 0; i < 16000; ++i) seen.insert(*strategy->ask());
  CHECK(seen.size() < 11000);  // 15625 * (1 - 1/e) = 9,950 are expected
  CHECK(seen.size() > 9000);
}

TEST_CASE("evolution starts with a random population and then mutates its members by one edge",
          "[search]") {
  const NasBench201 space;
  const auto strategy =
      make("evolution", space, {.values = {{"population", 5}, {"tournament", 3}}});
  std::vector<Genotype> population;
  for (int i = 0; i < 60; ++i) {
    const Genotype proposal = *strategy->ask();
    if (i >= 5) {
      const std::vector<Genotype> alive(population.end() - 5, population.end());
      CHECK(std::any_of(alive.begin(), alive.end(),
                        [&](const Genotype& parent) { return distance(parent, proposal) == 1; }));
    }
    population.push_back(proposal);
    strategy->tell({proposal, convolutions(proposal)});
  }
}

TEST_CASE("evolution finds the optimum of an easy fitness much sooner than random search",
          "[search]") {
  const NasBench201 space;
  for (std::uint64_t seed = 0; seed < 5; ++seed) {
    const auto strategy =
        make("evolution", space, {.values = {{"population", 32}, {"tournament", 8}}}, seed);
    double best = 0;
    for (int i = 0; i < 400; ++i) {
      const Genotype proposal = *strategy->ask();
      best = std::max(best, convolutions(proposal));
      strategy->tell({proposal, convolutions(proposal)});
    }
    CHECK(best == 6);  // one cell of 15,625
  }
}

TEST_CASE("in a tournament of the whole population the best wins, and what has no fitness loses",
          "[search]") {
  const NasBench201 space;
  const auto strategy =
      make("evolution", space, {.values = {{"population", 4}, {"tournament", 200}}});
  std::vector<Genotype> founders;
  for (int i = 0; i < 4; ++i) founders.push_back(*strategy->ask());
  strategy->tell({founders[0], {}});
  strategy->tell({founders[1], -5.0});
  strategy->tell({founders[2], 3.0});
  strategy->tell({founders[3], {}});
  CHECK(distance(*strategy->ask(), founders[2]) == 1);
}

TEST_CASE("evolution asks the preference, by the numbers it was told, whatever the fitness",
          "[search]") {
  const NasBench201 space;
  std::vector<double> standing{1, 2, 3};
  StrategyOptions options{.values = {{"population", 3}, {"tournament", 200}}};
  options.prefers = [&](const Outcome& a, const Outcome& b) {
    return standing[a.number] > standing[b.number];
  };
  const auto strategy = make("evolution", space, options);
  std::vector<Genotype> founders;
  for (std::size_t i = 0; i < 3; ++i) {
    founders.push_back(*strategy->ask());
    strategy->tell({founders[i], -static_cast<double>(i), i});
  }
  CHECK(distance(*strategy->ask(), founders[2]) == 1);
  standing[0] = 9;  // later outcomes can change the place of old ones
  CHECK(distance(*strategy->ask(), founders[0]) == 1);
}

TEST_CASE("a preference without equals keeps the first of a tournament", "[search]") {
  const NasBench201 space;
  StrategyOptions options{.values = {{"population", 2}, {"tournament", 50}}};
  options.prefers = [](const Outcome&, const Outcome&) { return false; };
  // The winner is the first that is drawn: over many tournaments both founders win.
  const auto strategy = make("evolution", space, options);
  const Genotype one = *strategy->ask(), two = *strategy->ask();
  strategy->tell({one, 1.0, 0});
  strategy->tell({two, 2.0, 1});
  int wins_of_one = 0;
  for (int i = 0; i < 100; ++i) wins_of_one += distance(*strategy->ask(), one) == 1 ? 1 : 0;
  CHECK(wins_of_one > 20);
  CHECK(wins_of_one < 80);
}

TEST_CASE("the oldest dies, even if it is the best", "[search]") {
  const NasBench201 space;
  const auto strategy =
      make("evolution", space, {.values = {{"population", 2}, {"tournament", 100}}});
  const Genotype best = *strategy->ask(), second = *strategy->ask();
  strategy->tell({best, 100.0});
  strategy->tell({second, 1.0});
  const Genotype child = *strategy->ask();
  CHECK(distance(child, best) == 1);
  strategy->tell({child, 2.0});
  CHECK(distance(*strategy->ask(), child) == 1);
}

TEST_CASE("evolution asks ahead of its outcomes without waiting", "[search]") {
  const NasBench201 space;
  const auto strategy =
      make("evolution", space, {.values = {{"population", 2}, {"tournament", 2}}});
  for (int i = 0; i < 10; ++i) CHECK(strategy->ask());
}

TEST_CASE("exhaustive search proposes one cell of each class", "[search]") {
  const NasBench201 space;
  const auto count = [&](Dedupe dedupe) {
    const auto strategy = make("exhaustive", space, {.dedupe = dedupe});
    std::size_t proposals = 0;
    while (strategy->ask()) ++proposals;
    CHECK(strategy->proposals() == proposals);
    return proposals;
  };
  CHECK(count(Dedupe::strict) == 5260);
  CHECK(count(Dedupe::score) == 11440);
  CHECK(count(Dedupe::exact) == 15625);
}

TEST_CASE("strategies keep to the constraints of the space", "[search]") {
  const NasBench201 base;
  const std::int64_t limit = 350000;  // one 3x3 convolution fits, two do not
  for (const std::string& name : strategies().names()) {
    const ConstrainedSpace space(base, {.max_params = limit}, Dedupe::strict);
    const auto strategy = make(name, space);
    for (int i = 0; i < 300; ++i) {
      const auto proposal = strategy->ask();
      REQUIRE(proposal);
      CHECK(base.costs(base.representative(*proposal, Dedupe::strict)).params <= limit);
      strategy->tell({*proposal, convolutions(*proposal)});
    }
    CHECK(space.rejected().all > 0);
  }
}

TEST_CASE("unsatisfiable constraints end in an error or in no proposal", "[search]") {
  const NasBench201 base;
  const ConstrainedSpace space(base, {.max_params = 1}, Dedupe::strict);
  CHECK_THROWS_AS(make("evolution", space)->ask(), NoFeasibleError);
  CHECK_THROWS_AS(make("random", space, {.values = {{"replacement", true}}})->ask(),
                  NoFeasibleError);
  CHECK_FALSE(make("random", space)->ask());
  CHECK_FALSE(make("exhaustive", space)->ask());
}
