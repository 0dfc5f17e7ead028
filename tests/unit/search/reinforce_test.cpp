#include <algorithm>
#include <functional>
#include <map>
#include <string>

#include "support/catch.h"
#include "unit/search/convolutions.h"
#include "wrcor/search/builtin.h"
#include "wrcor/space/nas_bench_201.h"

using namespace wrcor;
using test::convolutions;

namespace {

std::unique_ptr<SearchStrategy> make_reinforce(const SearchSpace& space,
                                               std::map<std::string, OptionValue> values = {}) {
  return strategies().find("reinforce").value.make(space, {.values = std::move(values)}, Rng(3));
}

/// The mean fitness of the proposals from one number to another.
double mean_fitness(SearchStrategy& strategy, int from, int to,
                    const std::function<Outcome(const Genotype&)>& outcome) {
  double sum = 0;
  for (int i = 0; i < to; ++i) {
    const Genotype proposal = *strategy.ask();
    if (i >= from) sum += convolutions(proposal) / (to - from);
    strategy.tell(outcome(proposal));
  }
  return sum;
}

Outcome by_convolutions(const Genotype& genotype) { return {genotype, convolutions(genotype)}; }

}  // namespace

TEST_CASE("reinforce learns to propose what has a high fitness", "[search][reinforce]") {
  const NasBench201 space;
  // Uniform: 6 / 5 = 1.2 of them.
  const auto strategy = make_reinforce(space, {{"learning_rate", 0.02}});
  CHECK(mean_fitness(*strategy, 900, 1000, by_convolutions) > 4);
}

TEST_CASE("reinforce samples uniformly while it warms up", "[search][reinforce]") {
  const NasBench201 space;
  const auto strategy = make_reinforce(space, {{"warm_up", 4000}, {"learning_rate", 1.0}});
  CHECK(mean_fitness(*strategy, 0, 4000, by_convolutions) == Approx(1.2).margin(0.06));
}

TEST_CASE("reinforce adds the scores of all members, each on the scale of the warm-up",
          "[search][reinforce]") {
  const NasBench201 space;
  // A member of large numbers that tells nothing must not drown the other.
  const auto strategy = make_reinforce(space, {{"learning_rate", 0.02}});
  const auto outcome = [](const Genotype& genotype) {
    Outcome told{genotype, 0.0};
    told.scores = {1e9, convolutions(genotype)};
    return told;
  };
  CHECK(mean_fitness(*strategy, 900, 1000, outcome) > 4);
}

TEST_CASE("reinforce learns nothing from what has no score", "[search][reinforce]") {
  const NasBench201 space;
  const auto told = make_reinforce(space, {{"warm_up", 2}, {"learning_rate", 1.0}});
  const auto outcome = [](const Genotype& genotype) {
    Outcome none{genotype, {}};
    none.scores = {std::nullopt, convolutions(genotype)};
    return none;
  };
  CHECK(mean_fitness(*told, 0, 3000, outcome) == Approx(1.2).margin(0.07));
}
