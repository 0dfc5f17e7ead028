#include "search/guided_space.h"

#include <algorithm>

#include "support/catch.h"
#include "wrcor/core/error.h"
#include "wrcor/space/nas_bench_201.h"

using namespace wrcor;

namespace {

bool has_convolution(const Genotype& cell) {
  return std::ranges::find(cell, NasBench201::nor_conv_3x3) != cell.end();
}

}  // namespace

TEST_CASE("a guided space gives its first genotypes, then accepted ones", "[search][guided]") {
  const NasBench201 base;
  const std::vector<Genotype> first{base.at(3), base.at(5)};
  const GuidedSpace space(base, first, has_convolution);
  Rng rng(0);
  CHECK((space.sample(rng) == first[0]));
  CHECK((space.sample(rng) == first[1]));
  for (int i = 0; i < 50; ++i) CHECK(has_convolution(space.sample(rng)));
}

TEST_CASE("a guided space changes nothing that is accepted", "[search][guided]") {
  const NasBench201 base;
  const GuidedSpace space(base, {}, [](const Genotype&) { return true; });
  Rng ours(7), theirs(7);
  for (int i = 0; i < 20; ++i) {
    const Genotype drawn = space.sample(ours);
    CHECK((drawn == base.sample(theirs)));
    CHECK((space.mutate(drawn, ours) == base.mutate(drawn, theirs)));
    CHECK((space.neighbours(drawn) == base.neighbours(drawn)));
    CHECK(space.format(drawn) == base.format(drawn));
  }
}

TEST_CASE("a guided space rejects", "[search][guided]") {
  const NasBench201 base;
  const GuidedSpace space(base, {}, has_convolution);
  const Genotype none(6, NasBench201::none);
  CHECK_FALSE(space.valid(none));
  CHECK(space.neighbours(none).size() == 6);
  Rng rng(1);
  for (int i = 0; i < 50; ++i) CHECK(has_convolution(space.mutate(none, rng)));
}

TEST_CASE("a guided space that accepts nothing says so", "[search][guided]") {
  const NasBench201 base;
  const GuidedSpace space(base, {}, [](const Genotype&) { return false; });
  Rng rng(1);
  CHECK_THROWS_AS(space.sample(rng), NoFeasibleError);
  CHECK_THROWS_AS(space.mutate(base.at(0), rng), NoFeasibleError);
}
