#include "wrcor/space/constrained_space.h"

#include <algorithm>
#include <string>

#include "support/catch.h"
#include "wrcor/core/error.h"
#include "wrcor/space/nas_bench_201.h"

namespace wrcor {
namespace {

// Parameters of cells with the default sizes: 73,306 + 28,000 per 1x1 + 243,040 per 3x3
// convolution.
constexpr std::int64_t without_convolutions = 73'306;
constexpr std::int64_t largest = 73'306 + 6 * 243'040;

}  // namespace

TEST_CASE("a genotype is feasible when its representative keeps to the limits",
          "[space][constrained]") {
  const NasBench201 nb201;
  const Genotype dangling{3, 0, 0, 1, 0, 0};  // the convolution leads nowhere
  const CostLimits limits{.max_params = without_convolutions};
  CHECK(ConstrainedSpace(nb201, limits, Dedupe::strict).feasible(dangling));
  CHECK_FALSE(ConstrainedSpace(nb201, limits, Dedupe::exact).feasible(dangling));
  CHECK_FALSE(ConstrainedSpace(nb201, limits, Dedupe::score).feasible(dangling));
}

TEST_CASE("limits are inclusive and independent", "[space][constrained]") {
  const NasBench201 nb201;
  const Genotype cell{3, 0, 0, 1, 0, 3};
  const Costs costs = nb201.costs(cell);
  const auto feasible = [&](const CostLimits& limits) {
    return ConstrainedSpace(nb201, limits, Dedupe::exact).feasible(cell);
  };
  CHECK(feasible({}));
  CHECK(
      feasible({.min_params = costs.params, .max_params = costs.params, .max_flops = costs.flops}));
  CHECK_FALSE(feasible({.min_params = costs.params + 1}));
  CHECK_FALSE(feasible({.max_params = costs.params - 1}));
  CHECK_FALSE(feasible({.max_flops = costs.flops - 1}));
}

TEST_CASE("samples are the base space's without the infeasible ones, which are counted",
          "[space][constrained]") {
  const NasBench201 nb201;
  const ConstrainedSpace space(nb201, {.max_params = without_convolutions}, Dedupe::exact);
  Rng rng(5);
  Rng replay(5);
  std::int64_t skipped = 0;
  for (int k = 0; k < 200; ++k) {
    Genotype expected = nb201.sample(replay);
    for (; !space.feasible(expected); expected = nb201.sample(replay)) ++skipped;
    REQUIRE(space.sample(rng) == expected);
    REQUIRE(std::none_of(expected.begin(), expected.end(),
                         [](int operation) { return operation == 2 || operation == 3; }));
  }
  CHECK(space.rejected().all == skipped);
  CHECK(skipped > 200);  // 3^6 of 5^6 cells are feasible, about one in 21
}

TEST_CASE("mutations are feasible neighbours", "[space][constrained]") {
  const NasBench201 nb201;
  const ConstrainedSpace space(nb201, {.max_params = without_convolutions}, Dedupe::exact);
  const Genotype parent{0, 1, 4, 0, 1, 4};
  const auto neighbours = space.neighbours(parent);
  CHECK(neighbours.size() == 12);  // two of the four changes of each edge
  CHECK(neighbours.front() == Genotype{1, 1, 4, 0, 1, 4});
  Rng rng(6);
  for (int k = 0; k < 500; ++k) {
    const Genotype child = space.mutate(parent, rng);
    REQUIRE(std::find(neighbours.begin(), neighbours.end(), child) != neighbours.end());
  }
  CHECK(space.rejected().all > 300);  // half of the neighbours are infeasible: 500 expected
  CHECK(space.rejected().all < 700);
}

TEST_CASE("a parent without feasible neighbours mutates to a feasible sample",
          "[space][constrained]") {
  const NasBench201 nb201;
  const ConstrainedSpace space(nb201, {.max_params = without_convolutions}, Dedupe::exact);
  const Genotype parent(6, 3);
  CHECK(space.neighbours(parent).empty());
  Rng rng(8);
  for (int k = 0; k < 20; ++k) CHECK(space.feasible(space.mutate(parent, rng)));
}

TEST_CASE("limits that nothing meets end in an error that names them", "[space][constrained]") {
  const NasBench201 nb201;
  const ConstrainedSpace space(nb201, {.min_params = 5, .max_params = 10, .max_flops = 20},
                               Dedupe::strict);
  Rng rng(9);
  try {
    space.sample(rng);
    FAIL("a genotype was drawn");
  } catch (const NoFeasibleError& error) {
    CHECK(error.exit_code() == ExitCode::no_feasible);
    const std::string message = error.what();
    INFO(message);
    CHECK(message.find("params >= 5, params <= 10, flops <= 20") != std::string::npos);
    CHECK(message.find("relax the limits") != std::string::npos);
  }
  CHECK(space.rejected().all == 100'000);
  CHECK_THROWS_AS(space.mutate(Genotype(6, 0), rng), NoFeasibleError);
  CHECK(space.rejected().all == 200'000);
}

TEST_CASE("a mutation never returns its parent, be it the only feasible cell",
          "[space][constrained]") {
  const NasBench201 nb201;
  const ConstrainedSpace space(nb201, {.min_params = largest}, Dedupe::exact);
  Rng rng(10);
  CHECK(space.sample(rng) == Genotype(6, 3));
  CHECK_THROWS_AS(space.mutate(Genotype(6, 3), rng), NoFeasibleError);
  CHECK(space.mutate(Genotype{3, 3, 3, 3, 3, 0}, rng) == Genotype(6, 3));
}

TEST_CASE("an infeasible genotype is not valid, and asking counts it", "[space][constrained]") {
  const NasBench201 nb201;
  const ConstrainedSpace space(nb201, {.max_params = without_convolutions}, Dedupe::exact);
  CHECK(space.valid({0, 1, 4, 0, 1, 4}));
  CHECK(space.rejected().all == 0);
  CHECK_FALSE(space.valid({3, 0, 0, 1, 0, 0}));
  CHECK_FALSE(space.valid({0, 1, 4, 0, 1, 5}));
  CHECK(space.rejected().all == 2);
}

TEST_CASE("contradictory limits are rejected", "[space][constrained]") {
  const NasBench201 nb201;
  CHECK_THROWS_AS(ConstrainedSpace(nb201, {.min_params = 2, .max_params = 1}, Dedupe::strict),
                  UsageError);
  CHECK_THROWS_AS(ConstrainedSpace(nb201, {.max_flops = -1}, Dedupe::strict), UsageError);
}

TEST_CASE("all else is the base space's", "[space][constrained]") {
  const NasBench201 nb201({.channels = 4, .cells_per_stage = 1});
  const ConstrainedSpace space(nb201, {.max_params = 0}, Dedupe::strict);
  const Genotype cell{3, 0, 0, 0, 0, 3};
  CHECK(space.name() == "nb201");
  CHECK(space.decisions().size() == 6);
  CHECK(space.size() == nb201.size());
  CHECK(space.at(42) == nb201.at(42));
  CHECK(space.index(cell) == nb201.index(cell));
  CHECK(space.format(cell) == nb201.format(cell));
  CHECK(space.parse(nb201.format(cell)) == cell);
  CHECK(space.representative({3, 0, 0, 1, 0, 0}, Dedupe::strict) == Genotype{0, 0, 0, 1, 0, 0});
  CHECK_FALSE(space.connected(cell));
  CHECK(space.costs(cell).params == 11'054);
  CHECK(space.plan(cell).params() == 11'054);
}

}  // namespace wrcor
