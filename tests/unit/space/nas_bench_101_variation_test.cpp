#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "space/nb101/cell.h"
#include "support/catch.h"
#include "unit/space/nas_bench_101.h"

using namespace wrcor;

namespace {

NasBench101 space_with(NasBench101::Sampling sampling, NasBench101::Mutation mutation) {
  return NasBench101({.sampling = sampling, .mutation = mutation});
}

int vertices_of(const Genotype& genotype) {
  return nb101::pruned(nb101::frame_of(genotype))->vertices;
}

/// Shares of the sizes 0 .. 7 among samples.
std::array<double, 8> sizes_of_samples(const NasBench101& space, int samples) {
  Rng rng(1);
  std::array<double, 8> shares{};
  for (int k = 0; k < samples; ++k) {
    const Genotype genotype = space.sample(rng);
    REQUIRE(space.valid(genotype));
    shares[static_cast<std::size_t>(vertices_of(genotype))] += 1.0 / samples;
  }
  return shares;
}

int differences(const Genotype& a, const Genotype& b, std::size_t first, std::size_t last) {
  int count = 0;
  for (std::size_t k = first; k < last; ++k) count += a[k] != b[k] ? 1 : 0;
  return count;
}
int edge_differences(const Genotype& a, const Genotype& b) { return differences(a, b, 0, 21); }
int operation_differences(const Genotype& a, const Genotype& b) {
  return differences(a, b, 21, 26);
}

}  // namespace

TEST_CASE("random cells of NAS-Bench-101 are uniform over the classes", "[space][nb101]") {
  const auto shares = sizes_of_samples(test::default_nb101(), 20'000);
  CHECK(shares[7] == Approx(359'082 / 423'624.0).margin(0.01));
  CHECK(shares[6] == Approx(62'010 / 423'624.0).margin(0.01));
  CHECK(shares[5] == Approx(2'441 / 423'624.0).margin(0.003));
}

TEST_CASE("random matrices of NAS-Bench-101 have the sizes of the specification",
          "[space][nb101]") {
  const auto shares = sizes_of_samples(
      space_with(NasBench101::Sampling::matrix, NasBench101::Mutation::frame), 20'000);
  const std::array<double, 8> expected = {0, 0, 0.10, 0.20, 0.28, 0.30, 0.12, 0.003};
  for (std::size_t n = 2; n < 8; ++n) {
    INFO(n);
    CHECK(shares[n] == Approx(expected[n]).margin(0.012));
  }
}

TEST_CASE("the mutation of the benchmark's paper changes edges and operations", "[space][nb101]") {
  const NasBench101 space = test::default_nb101();
  Rng rng(2);
  double edges = 0, operations = 0;
  std::set<int> sizes;
  constexpr int children = 2'000;
  const Genotype parent = space.parse(
      "0100110001000000010010000010000001000000010000000/"
      "conv3x3-bn-relu,maxpool3x3,conv3x3-bn-relu,conv3x3-bn-relu,conv1x1-bn-relu");
  for (int k = 0; k < children; ++k) {
    const Genotype child = space.mutate(parent, rng);
    REQUIRE(space.valid(child));
    REQUIRE(child != parent);
    edges += edge_differences(parent, child);
    operations += operation_differences(parent, child);
    sizes.insert(vertices_of(child));
  }
  // Three edges and one operation before rejection, which prefers few edges.
  CHECK(edges / children == Approx(3).margin(0.7));
  CHECK(operations / children == Approx(1).margin(0.1));
  CHECK(sizes.size() >= 5);
}

TEST_CASE("the mutation of the benchmark's paper lets small cells grow", "[space][nb101]") {
  const NasBench101 space = test::default_nb101();
  Rng rng(4);
  const Genotype parent = space.parse("0100/");
  std::array<int, 3> operations{};
  int grown = 0;
  for (int k = 0; k < 3'000; ++k) {
    const Genotype child = space.mutate(parent, rng);
    REQUIRE(space.valid(child));
    REQUIRE(child != parent);
    if (vertices_of(child) == 2) continue;
    ++grown;
    const auto cell = nb101::pruned(nb101::frame_of(child));
    ++operations[static_cast<std::size_t>(cell->operation(1))];
  }
  CHECK(grown > 300);
  // Unused vertices have no operation of their own: all are equally likely.
  for (const int count : operations) CHECK(count == Approx(grown / 3.0).epsilon(0.2));
}

TEST_CASE("the published mutation changes one operation and at most one edge", "[space][nb101]") {
  const NasBench101 space =
      space_with(NasBench101::Sampling::unique, NasBench101::Mutation::published);
  Rng rng(5);
  const Genotype parent = space.parse("0110001100010000/maxpool3x3,conv3x3-bn-relu");
  std::map<int, int> by_edges;
  for (int k = 0; k < 2'000; ++k) {
    const Genotype child = space.mutate(parent, rng);
    REQUIRE(space.valid(child));
    CHECK(operation_differences(parent, child) == 1);
    ++by_edges[edge_differences(parent, child)];
    CHECK(vertices_of(child) <= 4);
  }
  CHECK(by_edges.size() == 2);
  CHECK(by_edges[0] > 800);
  CHECK(by_edges[1] > 400);
  // Where the published code fails, there is nothing but an edge.
  const Genotype none = space.parse("0100/");
  CHECK(space.mutate(none, rng) != none);
}

TEST_CASE("vertices that a mutation prunes can return", "[space][nb101]") {
  const NasBench101 space =
      space_with(NasBench101::Sampling::unique, NasBench101::Mutation::published);
  Rng rng(6);
  Genotype genotype = space.parse("0110001100010000/maxpool3x3,conv3x3-bn-relu");
  int grown = 0;
  for (int k = 0; k < 200; ++k) {
    Genotype child = space.mutate(genotype, rng);
    grown += vertices_of(child) > vertices_of(genotype) ? 1 : 0;
    genotype = std::move(child);
  }
  CHECK(grown > 0);
}

TEST_CASE("neighbours of a cell of NAS-Bench-101", "[space][nb101]") {
  const NasBench101 space = test::default_nb101();
  Rng rng(7);
  for (int k = 0; k < 50; ++k) {
    const Genotype genotype = space.sample(rng);
    std::set<std::string> expected{test::hash_of(space, genotype)};
    for (std::size_t d = 0; d < 26; ++d) {
      for (int value = 0; value < (d < 21 ? 2 : 3); ++value) {
        Genotype other = genotype;
        other[d] = value;
        if (space.valid(other)) expected.insert(test::hash_of(space, other));
      }
    }
    std::set<std::string> found{test::hash_of(space, genotype)};
    const std::vector<Genotype> neighbours = space.neighbours(genotype);
    CHECK(neighbours == space.neighbours(genotype));
    for (const Genotype& neighbour : neighbours) {
      CHECK(space.valid(neighbour));
      CHECK(differences(genotype, neighbour, 0, 26) == 1);
      CHECK(found.insert(test::hash_of(space, neighbour)).second);
    }
    CHECK(found == expected);
  }
  CHECK(space.neighbours(space.parse("0100/")).empty());
  // Another operation, another two; an edge past the vertex; none without its only path.
  CHECK(space.neighbours(space.parse("010001000/maxpool3x3")).size() == 3);
}

TEST_CASE("the sampling and the mutation of NAS-Bench-101 are options", "[space][nb101]") {
  const auto space =
      make_space({"nb101", {{"matrix_sampling", 1}, {"published_mutation", 1}}}, {{3, 32, 32}, 10});
  const auto same = space_with(NasBench101::Sampling::matrix, NasBench101::Mutation::published);
  Rng a(8), b(8);
  const Genotype parent = space->sample(a);
  CHECK(parent == same.sample(b));
  CHECK(space->mutate(parent, a) == same.mutate(parent, b));
}

TEST_CASE("children of NAS-Bench-101 are read and written as their pruned cells",
          "[space][nb101]") {
  for (const auto mutation : {NasBench101::Mutation::frame, NasBench101::Mutation::published}) {
    const NasBench101 space = space_with(NasBench101::Sampling::matrix, mutation);
    Rng rng(9);
    Genotype genotype = space.sample(rng);
    for (int k = 0; k < 500; ++k) {
      genotype = space.mutate(genotype, rng);
      INFO(space.format(genotype));
      const Genotype pruned = space.parse(space.format(genotype));
      CHECK(space.format(pruned) == space.format(genotype));
      CHECK(space.representative(genotype, Dedupe::exact) == genotype);
      CHECK(space.representative(genotype, Dedupe::score) == pruned);
      CHECK(space.index(pruned) == space.index(genotype));
      CHECK(space.representative(genotype, Dedupe::strict) == space.at(space.index(genotype)));
      CHECK(space.costs(genotype).params == space.costs(pruned).params);
    }
  }
}
