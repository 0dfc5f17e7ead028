#include <algorithm>
#include <array>
#include <bit>
#include <set>
#include <unordered_set>
#include <vector>

#include "space/nb101/classes.h"
#include "support/catch.h"
#include "unit/space/nas_bench_101.h"

using namespace wrcor;

namespace {

std::uint64_t mixed(std::uint64_t z) {
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
  return z ^ (z >> 31);
}

/// The benchmark's hash with a mixing function instead of MD5 and sums instead of sorted lists.
std::uint64_t graph_hash(int vertices, std::uint32_t mask, const std::array<int, 7>& labels) {
  std::array<std::uint64_t, 7> hashes{};
  const auto edge = [&](int x, int y) { return (mask >> (x + y * (y - 1) / 2) & 1) != 0; };
  for (int v = 0; v < vertices; ++v) hashes[v] = mixed(static_cast<std::uint64_t>(labels[v]) + 7);
  for (int round = 0; round < vertices; ++round) {
    std::array<std::uint64_t, 7> in{}, out{};
    for (int y = 1; y < vertices; ++y) {
      for (int x = 0; x < y; ++x) {
        if (!edge(x, y)) continue;
        in[y] += mixed(hashes[x] + 1);
        out[x] += mixed(hashes[y] + 2);
      }
    }
    for (int v = 0; v < vertices; ++v)
      hashes[v] = mixed(hashes[v] + 3 * mixed(in[v] + 4) + 5 * mixed(out[v] + 6));
  }
  std::uint64_t sum = static_cast<std::uint64_t>(vertices);
  for (int v = 0; v < vertices; ++v) sum += mixed(hashes[v] + 8);
  return mixed(sum);
}

/// Every vertex but the output has an edge out, every one but the input an edge in.
bool is_full(int vertices, std::uint32_t mask) {
  unsigned out = 0, in = 0;
  for (int y = 1; y < vertices; ++y) {
    for (int x = 0; x < y; ++x) {
      if ((mask >> (x + y * (y - 1) / 2) & 1) == 0) continue;
      out |= 1u << x;
      in |= 1u << y;
    }
  }
  const unsigned all = (1u << vertices) - 1;
  return out == (all >> 1) && in == (all & ~1u);
}

struct Enumeration {
  struct Graph {
    int vertices;
    std::uint32_t mask;
    std::array<int, 7> labels;
  };
  std::array<int, 8> matrices{};
  std::array<int, 8> cells{};
  int graphs = 0;
  std::vector<Graph> first;  ///< of each class
};

/// Visits every labelled graph in the order that defines the representatives.
Enumeration enumerate() {
  Enumeration found;
  std::unordered_set<std::uint64_t> known;
  known.reserve(500'000);
  for (int n = 2; n <= 7; ++n) {
    for (std::uint32_t mask = 0; mask < 1u << (n * (n - 1) / 2); ++mask) {
      if (std::popcount(mask) > 9 || !is_full(n, mask)) continue;
      ++found.matrices[n];
      std::array<int, 7> labels{};
      labels[0] = -1;
      labels[n - 1] = -2;
      for (bool more = true; more;) {
        ++found.graphs;
        if (known.insert(graph_hash(n, mask, labels)).second) {
          ++found.cells[n];
          found.first.push_back({n, mask, labels});
        }
        more = false;
        for (int v = n - 2; v > 0 && !more; --v) {
          labels[v] = (labels[v] + 1) % 3;
          more = labels[v] != 0;
        }
      }
    }
  }
  return found;
}

nb101::Cell cell_of(const Enumeration::Graph& graph) {
  nb101::Cell cell;
  cell.vertices = graph.vertices;
  for (int y = 1; y < graph.vertices; ++y) {
    for (int x = 0; x < y; ++x) cell.set_edge(x, y, (graph.mask >> (x + y * (y - 1) / 2) & 1) != 0);
  }
  for (int v = 1; v < graph.vertices - 1; ++v) cell.set_operation(v, graph.labels[v]);
  return cell;
}

}  // namespace

TEST_CASE("the classes of NAS-Bench-101 are those of an enumeration by hash", "[space][nb101]") {
  const Enumeration found = enumerate();
  CHECK(found.matrices == std::array{0, 0, 1, 2, 10, 121, 1'545, 4'793});
  CHECK(found.cells == std::array{0, 0, 1, 6, 84, 2'441, 62'010, 359'082});
  CHECK(found.graphs == 1'293'208);
  REQUIRE(found.first.size() == 423'624);
  std::size_t others = 0;
  for (std::size_t k = 0; k < found.first.size(); ++k) {
    const nb101::Code code = nb101::class_at(k);
    others += nb101::cell_of(code) != cell_of(found.first[k]) || nb101::index_of(code) != k ||
                      nb101::representative_code(nb101::cell_of(code)) != code
                  ? 1
                  : 0;
  }
  CHECK(others == 0);
}

TEST_CASE("a cell in any order of its vertices has one representative and one hash",
          "[space][nb101]") {
  const NasBench101 space = test::default_nb101();
  Rng rng(3);
  int reordered = 0;
  for (int k = 0; k < 300; ++k) {
    const Genotype first = space.sample(rng);
    const nb101::Cell cell = *nb101::pruned(nb101::frame_of(first));
    for (int attempt = 0; attempt < 20; ++attempt) {
      std::vector<int> interior;
      for (int v = 1; v < cell.output(); ++v) interior.push_back(v);
      rng.shuffle(interior);
      std::vector<int> place{0};
      place.insert(place.end(), interior.begin(), interior.end());
      place.push_back(cell.output());
      nb101::Cell other;
      other.vertices = cell.vertices;
      bool ascends = true;
      for (int x = 0; x < cell.vertices; ++x) {
        if (x > 0 && x < cell.output()) other.set_operation(place[x], cell.operation(x));
        for (int y = x + 1; y < cell.vertices; ++y) {
          if (!cell.has_edge(x, y)) continue;
          ascends = ascends && place[x] < place[y];
          other.set_edge(place[x], place[y]);
        }
      }
      if (!ascends) continue;
      reordered += other == cell ? 0 : 1;
      const Genotype genotype = nb101::genotype_of(other);
      INFO(space.format(genotype));
      CHECK(space.representative(genotype, Dedupe::strict) == first);
      CHECK(nb101::module_hash(other) == nb101::module_hash(cell));
    }
  }
  CHECK(reordered > 100);
}

TEST_CASE("classes of NAS-Bench-101 differ in hash", "[space][nb101]") {
  std::set<std::string> hashes;
  constexpr std::uint64_t small = 1 + 6 + 84 + 2'441, step = 101;
  std::uint64_t visited = 0;
  for (std::uint64_t k = 0; k < nb101::class_count; k += k < small ? 1 : step, ++visited)
    hashes.insert(nb101::module_hash(nb101::cell_of(nb101::class_at(k))));
  CHECK(hashes.size() == visited);
}

TEST_CASE("numbers of cells of NAS-Bench-101", "[space][nb101]") {
  const NasBench101 space = test::default_nb101();
  CHECK(space.size() == 423'624);
  CHECK(space.format(space.at(0)) == "0100/");
  CHECK(space.format(space.at(1)) == "010001000/conv3x3-bn-relu");
  CHECK(space.format(space.at(6)) == "011001000/maxpool3x3");
  for (std::uint64_t k = 0; k < nb101::class_count; k += 997) {
    const Genotype genotype = space.at(k);
    CHECK(space.valid(genotype));
    CHECK(space.index(genotype) == k);
    CHECK(space.parse(space.format(genotype)) == genotype);
    for (const Dedupe dedupe : {Dedupe::strict, Dedupe::score, Dedupe::exact})
      CHECK(space.representative(genotype, dedupe) == genotype);
  }
}
