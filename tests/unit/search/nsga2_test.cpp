#include <algorithm>
#include <set>

#include "score/pareto.h"
#include "support/catch.h"
#include "wrcor/search/builtin.h"
#include "wrcor/space/constrained_space.h"
#include "wrcor/space/nas_bench_201.h"

using namespace wrcor;

namespace {

/// Something good that costs parameters, and is best neither where they are few nor many alone.
double fitness(const Genotype& genotype) {
  double sum = 0;
  for (std::size_t k = 0; k < genotype.size(); ++k)
    sum += static_cast<double>((genotype[k] * (static_cast<int>(k) + 3)) % 7);
  return sum;
}

std::vector<double> point_of(const NasBench201& space, const Genotype& genotype) {
  return {static_cast<double>(space.costs(genotype).params), -fitness(genotype)};
}

std::vector<std::vector<double>> proposals(const std::string& name, int count, std::uint64_t seed) {
  const NasBench201 space;
  const auto strategy = strategies().find(name).value.make(
      space, {.values = {{"population", 32}}, .dedupe = Dedupe::exact}, Rng(seed));
  std::vector<std::vector<double>> points;
  for (int i = 0; i < count; ++i) {
    const Genotype proposal = *strategy->ask();
    points.push_back(point_of(space, proposal));
    Outcome outcome{proposal, fitness(proposal)};
    outcome.costs = {points.back()[0]};
    strategy->tell(outcome);
  }
  return points;
}

}  // namespace

TEST_CASE("nsga2 finds more of the front than random search", "[search][nsga2]") {
  const std::vector<double> reference{2'000'000, 0};
  for (std::uint64_t seed = 0; seed < 5; ++seed) {
    CHECK(hypervolume(proposals("nsga2", 500, seed), reference) >
          hypervolume(proposals("random", 500, seed), reference));
  }
}

TEST_CASE("in nsga2 those with a score survive, however cheap the others are", "[search][nsga2]") {
  const NasBench201 space;
  const auto strategy = strategies().find("nsga2").value.make(
      space, {.values = {{"population", 2}}, .dedupe = Dedupe::exact}, Rng(1));
  std::vector<Genotype> asked;
  for (std::size_t i = 0; i < 4; ++i) {
    asked.push_back(*strategy->ask());
    Outcome outcome{asked[i], i < 2 ? std::nullopt : std::optional(1.0), i};
    outcome.costs = {static_cast<double>(i)};
    strategy->tell(outcome);
  }
  for (int i = 0; i < 50; ++i) {
    const Genotype child = *strategy->ask();
    // What neither of the last two has is a mutation, of which there is one.
    int mutations = 0;
    for (std::size_t k = 0; k < child.size(); ++k)
      mutations += child[k] != asked[2][k] && child[k] != asked[3][k] ? 1 : 0;
    CHECK(mutations <= 1);
  }
}

TEST_CASE("nsga2 asks what a fitness is now", "[search][nsga2]") {
  const NasBench201 space;
  std::vector<double> now;
  StrategyOptions options{.values = {{"population", 4}}, .dedupe = Dedupe::exact};
  std::size_t calls = 0;
  options.fitness = [&](const Outcome& outcome) -> std::optional<double> {
    ++calls;
    return now.at(outcome.number);
  };
  const auto strategy = strategies().find("nsga2").value.make(space, options, Rng(1));
  for (std::size_t i = 0; i < 12; ++i) {
    const Genotype proposal = *strategy->ask();
    now.push_back(static_cast<double>(i));
    strategy->tell({proposal, 0.0, i, {}, {1.0}});
  }
  CHECK(calls >= 12);
}

TEST_CASE("nsga2 asks ahead of its outcomes, and proposes a class twice only when it must",
          "[search][nsga2]") {
  const NasBench201 space;
  const auto strategy =
      strategies().find("nsga2").value.make(space, {.values = {{"population", 16}}}, Rng(5));
  std::vector<Genotype> asked;
  std::set<Genotype> classes;
  for (std::size_t i = 0; i < 600; ++i) {
    if (i >= 24) {
      const Genotype& told = asked[i - 24];
      strategy->tell({told, fitness(told), i - 24, {}, {point_of(space, told)[0]}});
    }
    asked.push_back(*strategy->ask());
    classes.insert(space.representative(asked.back(), Dedupe::strict));
  }
  CHECK(classes.size() > 590);
}
