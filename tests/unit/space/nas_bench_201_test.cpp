#include "wrcor/space/nas_bench_201.h"

#include <cstdlib>
#include <map>
#include <set>
#include <string>

#include "support/catch.h"
#include "wrcor/core/error.h"
#include "wrcor/space/builtin.h"

namespace wrcor {
namespace {

/// The message of the UsageError in which making the space ends; empty when it succeeds.
std::string rejection(const MacroSettings& macro) {
  try {
    NasBench201{macro};
  } catch (const UsageError& error) {
    return error.what();
  }
  return {};
}

}  // namespace

TEST_CASE("lexicographic ids read the operations as a number to the base five", "[space][nb201]") {
  const NasBench201 space;
  CHECK(space.size() == 15625U);
  CHECK(space.index({0, 0, 0, 0, 0, 0}) == 0);
  CHECK(space.index({0, 0, 0, 0, 0, 3}) == 3);
  CHECK(space.index({1, 0, 0, 0, 0, 0}) == 3125);
  CHECK(space.index({4, 4, 4, 4, 4, 4}) == 15624);
  for (std::uint64_t id = 0; id < 15625; ++id) REQUIRE(space.index(space.at(id)) == id);
  CHECK_THROWS_AS(space.at(15625), UsageError);
}

TEST_CASE("official indices are the benchmark's", "[space][nb201]") {
  const std::map<std::uint64_t, std::uint64_t> published = {
      {0, 13931}, {1, 11791},   {2, 14874},    {3, 13126},    {1462, 11718},
      {1651, 0},  {1835, 3906}, {6111, 11667}, {9930, 11668}, {15624, 6512}};
  for (const auto& [index, id] : published) {
    CHECK(lexicographic_id(index) == id);
    CHECK(official_index(id) == index);
  }
  for (std::uint64_t id = 0; id < 15625; ++id) REQUIRE(lexicographic_id(official_index(id)) == id);
  CHECK_THROWS_AS(lexicographic_id(15625), UsageError);
  CHECK_THROWS_AS(official_index(15625), UsageError);
}

TEST_CASE("decisions are six edges with five operations", "[space][nb201]") {
  const NasBench201 space;
  std::vector<std::string> names;
  for (const Decision& decision : space.decisions()) {
    names.push_back(decision.name);
    CHECK(decision.values == std::vector<std::string>{"none", "skip_connect", "nor_conv_1x1",
                                                      "nor_conv_3x3", "avg_pool_3x3"});
  }
  CHECK(names == std::vector<std::string>{"edge 0->1", "edge 0->2", "edge 1->2", "edge 0->3",
                                          "edge 1->3", "edge 2->3"});
}

TEST_CASE("sizes that a network cannot have are rejected by name", "[space][nb201]") {
  CHECK(rejection({.channels = 1, .cells_per_stage = 1, .classes = 1, .height = 4, .width = 4})
            .empty());
  CHECK(rejection({.channels = 0}) == "nb201: channels: expected at least 1, got 0");
  CHECK(rejection({.cells_per_stage = -3}) ==
        "nb201: cells per stage: expected at least 1, got -3");
  CHECK(rejection({.classes = 0}) == "nb201: classes: expected at least 1, got 0");
  CHECK(rejection({.height = 30}).find("height of the images: expected a multiple of 4") !=
        std::string::npos);
  CHECK(rejection({.width = 0}).find("width of the images") != std::string::npos);
  CHECK(rejection({.channels = 2'000'000'000}).find("64 bits") != std::string::npos);
  CHECK(rejection({.cells_per_stage = 2'000'000'000}).find("64 bits") != std::string::npos);
}

TEST_CASE("the 24 neighbours are listed by edge, then by operation", "[space][nb201]") {
  const auto neighbours = NasBench201().neighbours({0, 1, 2, 3, 4, 0});
  REQUIRE(neighbours.size() == 24);
  CHECK(neighbours[0] == Genotype{1, 1, 2, 3, 4, 0});
  CHECK(neighbours[3] == Genotype{4, 1, 2, 3, 4, 0});
  CHECK(neighbours[4] == Genotype{0, 0, 2, 3, 4, 0});
  CHECK(neighbours[5] == Genotype{0, 2, 2, 3, 4, 0});
  CHECK(neighbours[16] == Genotype{0, 1, 2, 3, 0, 0});
  CHECK(neighbours[19] == Genotype{0, 1, 2, 3, 3, 0});
  CHECK(neighbours[23] == Genotype{0, 1, 2, 3, 4, 4});
  CHECK(std::set<Genotype>(neighbours.begin(), neighbours.end()).size() == 24);
}

TEST_CASE("a mutation is a neighbour, each as likely as any other", "[space][nb201]") {
  const NasBench201 space;
  const Genotype parent{0, 1, 2, 3, 4, 2};
  Rng rng(7);
  std::map<Genotype, int> seen;
  constexpr int draws = 24'000;
  for (int k = 0; k < draws; ++k) ++seen[space.mutate(parent, rng)];
  CHECK(seen.count(parent) == 0);
  CHECK(seen.size() == 24);
  for (const Genotype& neighbour : space.neighbours(parent)) {
    // 1,000 expected, standard deviation 31.
    CHECK(std::abs(seen[neighbour] - 1000) < 160);
  }
}

TEST_CASE("samples are uniform over the operations of each edge", "[space][nb201]") {
  const NasBench201 space;
  Rng rng(11);
  std::map<std::pair<int, int>, int> seen;
  std::set<Genotype> cells;
  for (int k = 0; k < 50'000; ++k) {
    const Genotype cell = space.sample(rng);
    cells.insert(cell);
    for (int e = 0; e < 6; ++e) ++seen[{e, cell[e]}];
  }
  REQUIRE(seen.size() == 30);
  // 10,000 expected, standard deviation 89.
  for (const auto& [edge_and_operation, count] : seen) CHECK(std::abs(count - 10'000) < 450);
  // Of 15,625 equally likely cells, exp(-3.2) = 4.08 % are expected to be missed: 14,988 seen.
  CHECK(std::abs(static_cast<int>(cells.size()) - 14'988) < 130);
}

TEST_CASE("equal seeds give equal draws", "[space][nb201]") {
  const NasBench201 space;
  Rng first(3);
  Rng second(3);
  for (int k = 0; k < 100; ++k) {
    const Genotype cell = space.sample(first);
    REQUIRE(space.sample(second) == cell);
    REQUIRE(space.mutate(cell, first) == space.mutate(cell, second));
  }
}

TEST_CASE("costs of published networks", "[space][nb201][costs]") {
  const Genotype index_1 = NasBench201().at(lexicographic_id(1));  // three 3x3 convolutions
  const Costs ten = NasBench201().costs(index_1);
  CHECK(ten.params == 802'426);
  CHECK(ten.flops == 113'951'360);
  const Costs hundred = NasBench201({.classes = 100}).costs(index_1);
  CHECK(hundred.params == 802'426 + 5'850);
  CHECK(hundred.flops == 113'951'360 + 5'760);
  const Costs small = NasBench201({.height = 16, .width = 16}).costs(index_1);
  CHECK(small.params == 802'426);
  CHECK(small.flops == (113'951'360 - 640) / 4 + 640);
  const Genotype mixed{2, 0, 1, 4, 2, 3};
  CHECK(NasBench201().costs(mixed).params == 73'306 + 2 * 28'000 + 243'040);
  CHECK(NasBench201().costs(mixed).flops == 7'783'040 + 2 * 3'932'160 + 35'389'440);
}

TEST_CASE("costs are counted in 64 bits", "[space][nb201][costs]") {
  const NasBench201 space({.channels = 4096, .height = 256, .width = 256});
  const Costs costs = space.costs({3, 3, 3, 3, 3, 3});
  // 65536 (27 C + (28 + 15 * 54) C^2) + 40 C
  CHECK(costs.flops == 921'397'991'833'600 + 163'840);
  CHECK(costs.flops == space.plan({3, 3, 3, 3, 3, 3}).flops());
}

TEST_CASE("the registry of spaces makes nb201 and suggests it for misspelt names", "[space]") {
  const auto space = make_space({"nb201", {{"channels", 4}, {"cells", 1}}}, {{3, 32, 32}, 10});
  CHECK(space->name() == "nb201");
  CHECK(space->costs({3, 0, 0, 0, 0, 3}).params == 11'054);
  CHECK_THROWS_WITH(
      spaces().find("nb200"),
      StartsWith("unknown space 'nb200' (did you mean 'nb201'?); known spaces: nb201,"));
}

}  // namespace wrcor
