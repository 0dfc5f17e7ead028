#include <algorithm>
#include <set>

#include "support/catch.h"
#include "unit/search/convolutions.h"
#include "wrcor/search/builtin.h"
#include "wrcor/space/nas_bench_201.h"

using namespace wrcor;
using test::convolutions;

namespace {

std::unique_ptr<SearchStrategy> make_local(const SearchSpace& space, StrategyOptions options = {},
                                           std::uint64_t seed = 1) {
  return strategies().find("local").value.make(space, options, Rng(seed));
}

}  // namespace

TEST_CASE("local search tries all neighbours of its start and goes on at the best",
          "[search][local]") {
  const NasBench201 space;
  const auto strategy = make_local(space, {.dedupe = Dedupe::exact});
  const auto next = [&] {
    const Genotype proposal = *strategy->ask();
    strategy->tell({proposal, convolutions(proposal)});
    return proposal;
  };
  const Genotype start = next();
  const std::vector<Genotype> around = space.neighbours(start);
  for (const Genotype& neighbour : around) CHECK(next() == neighbour);
  // The first of the best; of what is around it the start and its neighbours are known.
  const auto best = std::max_element(
      around.begin(), around.end(),
      [](const Genotype& a, const Genotype& b) { return convolutions(a) < convolutions(b); });
  const std::set<Genotype> known(around.begin(), around.end());
  for (const Genotype& neighbour : space.neighbours(*best)) {
    if (neighbour != start && !known.contains(neighbour)) CHECK(next() == neighbour);
  }
}

TEST_CASE("local search starts again at the top, and proposes no class twice", "[search][local]") {
  const NasBench201 space;
  for (const std::size_t window : {1, 16}) {
    const auto strategy = make_local(space);
    std::vector<Genotype> asked;
    std::set<Genotype> seen;
    bool found = false;
    for (std::size_t i = 0; i < 1500; ++i) {
      if (i >= window) strategy->tell({asked[i - window], convolutions(asked[i - window])});
      const auto proposal = strategy->ask();
      REQUIRE(proposal);
      CHECK(seen.insert(space.representative(*proposal, Dedupe::strict)).second);
      found = found || convolutions(*proposal) == 6;
      asked.push_back(*proposal);
    }
    CHECK(found);
  }
}

TEST_CASE("local search goes through the whole space and ends", "[search][local]") {
  const NasBench201 space;
  const auto strategy = make_local(space);
  std::size_t proposals = 0;
  while (const auto proposal = strategy->ask()) {
    strategy->tell({*proposal, convolutions(*proposal)});
    ++proposals;
  }
  // Where a thousand starts in a row bring nothing new, it is over.
  CHECK(proposals <= 5260);
  CHECK(proposals > 5000);
}

TEST_CASE("local search ends a climb that a preference would send round in circles",
          "[search][local]") {
  const NasBench201 space;
  StrategyOptions options;
  options.prefers = [](const Outcome&, const Outcome&) { return true; };
  const auto strategy = make_local(space, options);
  for (int i = 0; i < 500; ++i) {
    const auto proposal = strategy->ask();
    if (!proposal) break;
    strategy->tell({*proposal, 0.0});
  }
  SUCCEED("it came back");
}
