#include "unit/space/nas_bench_101.h"

#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "support/catch.h"
#include "support/shared.h"
#include "unit/space/csv.h"
#include "wrcor/core/error.h"

using namespace wrcor;
using test::default_nb101;
using test::hash_of;

namespace {

struct Published {
  const char* arch;
  const char* hash;
  std::int64_t params;
  std::int64_t flops;
};

/// Networks of a golden folder, with the sizes of its first case.
void require_golden(const std::filesystem::path& file, std::size_t cases) {
  const auto golden = nlohmann::json::parse(std::ifstream(file));
  REQUIRE(golden.at("cases").size() == cases);
  for (const auto& each : golden.at("cases")) {
    const NasBench101 space({.sizes = {each.at("stem"),
                                       each.at("stacks"),
                                       each.at("modules"),
                                       {{3, 32, 32}, each.at("num_classes")}}});
    const auto arch = each.at("arch").get<std::string>();
    INFO(arch);
    const Genotype genotype = space.parse(arch);
    CHECK(space.format(genotype) == arch);
    CHECK(space.parse(each.at("matrix").get<std::string>() + "/" +
                      each.at("ops").get<std::string>()) == genotype);
    CHECK(hash_of(space, genotype) == each.at("hash").get<std::string>());
    CHECK(space.costs(genotype).params == each.at("params"));
    CHECK(space.costs(genotype).flops == each.at("flops"));
    const NetworkPlan plan = space.plan(genotype);
    CHECK(plan.params() == each.at("params"));
    CHECK(plan.flops() == each.at("flops"));
    std::map<Side, int> responses;
    for (const Tap& tap : plan.responses(Counting::reference))
      responses[tap.side] += tap.multiplicity;
    CHECK(responses[Side::activation] == each.at("sites").at("activations"));
    CHECK(responses[Side::gradient] == each.at("sites").at("gradients"));
  }
}

}  // namespace

TEST_CASE("cells of NAS-Bench-101 have the published hashes and costs", "[space][nb101]") {
  const NasBench101 space = default_nb101();
  for (const auto& [arch, hash, params, flops] : std::initializer_list<Published>{
           {"0100/", "043721b9c7fe8c5fad811d47d83132ec", 882'570, 137'761'792},
           {"010001000/conv3x3-bn-relu", "b49ac8c578b4561d79ac7087988f1c61", 10'177'674,
            1'496'716'288},
           {"011001000/maxpool3x3", "6f6257bc3b12d87b8736e81cd4b7ed8b", 1'756'298, 271'979'520},
           {"0110100110000010000100000/conv3x3-bn-relu,maxpool3x3,conv1x1-bn-relu",
            "ff5875a7bd0b60254c7de818ab01da3b", 4'342'154, 649'466'880},
           {"0100110001000000010010000010000001000000010000000/"
            "conv3x3-bn-relu,maxpool3x3,conv3x3-bn-relu,conv3x3-bn-relu,conv1x1-bn-relu",
            "00005c142e6f48ac74fdcf73e3439874", 8'555'530, 1'261'835'264}}) {
    INFO(arch);
    const Genotype genotype = space.parse(arch);
    CHECK(hash_of(space, genotype) == hash);
    CHECK(space.costs(genotype).params == params);
    CHECK(space.costs(genotype).flops == flops);
  }
}

TEST_CASE("isomorphic cells share a hash and a class, not their parameters", "[space][nb101]") {
  const NasBench101 space = default_nb101();
  const std::string parallel = "0111000001000010000100000/";
  const Genotype cell = space.parse(parallel + "maxpool3x3,conv3x3-bn-relu,conv1x1-bn-relu");
  const Genotype first = space.parse(parallel + "conv3x3-bn-relu,conv1x1-bn-relu,maxpool3x3");
  CHECK(hash_of(space, cell) == "ce9bc2765d63f261e5ad257382c09e92");
  CHECK(hash_of(space, first) == "ce9bc2765d63f261e5ad257382c09e92");
  CHECK(space.costs(cell).params == 2'034'318);
  CHECK(space.costs(first).params == 2'040'231);
  CHECK(space.index(cell) == space.index(first));
  CHECK(space.representative(cell, Dedupe::strict) == first);
  CHECK(space.representative(cell, Dedupe::score) == cell);
  CHECK(space.representative(first, Dedupe::score) == first);
}

TEST_CASE("vertices on no path are merged by score, kept by exact", "[space][nb101]") {
  const NasBench101 space = default_nb101();
  const Genotype plain = space.parse("0100/");
  Genotype dangling = plain;
  dangling[0] = 1;   // 0->1, which leads nowhere
  dangling[21] = 2;  // a pool
  CHECK(space.valid(dangling));
  CHECK(space.format(dangling) == "0100/");
  CHECK(space.representative(dangling, Dedupe::exact) == dangling);
  CHECK(space.representative(dangling, Dedupe::score) == plain);
  CHECK(space.representative(dangling, Dedupe::strict) == plain);
  CHECK(space.plan(dangling).params() == space.plan(plain).params());
}

TEST_CASE("846 cells of NAS-Bench-101 have the recorded parameters and hashes", "[space][nb101]") {
  WRCOR_REQUIRE_SHARED(file, "data/nb101/nb101_unique.csv");
  const test::Csv table(file);
  REQUIRE(table.size() == 846);
  const NasBench101 space = default_nb101();
  const auto matrix = table.column("matrix"), ops = table.column("ops");
  for (std::size_t row = 0; row < table.size(); ++row) {
    const Genotype genotype = space.parse(table.text(row, matrix) + "/" + table.text(row, ops));
    INFO(space.format(genotype));
    const auto params = static_cast<std::int64_t>(table.number(row, table.column("params")));
    CHECK(hash_of(space, genotype) == table.text(row, table.column("hash")));
    CHECK(space.costs(genotype).params == params);
    const Genotype first = space.representative(genotype, Dedupe::strict);
    CHECK(space.costs(first).params == params);
    CHECK(space.plan(first).params() == params);
    CHECK(hash_of(space, first) == table.text(row, table.column("hash")));
  }
}

TEST_CASE("2,000 matrices of NAS-Bench-101 that are not pruned", "[space][nb101]") {
  WRCOR_REQUIRE_SHARED(file, "data/nb101/nb101_raw2000.csv");
  const test::Csv table(file);
  REQUIRE(table.size() == 2000);
  const NasBench101 space = default_nb101();
  const auto matrix = table.column("matrix7x7"), ops = table.column("ops");
  for (std::size_t row = 0; row < table.size(); ++row) {
    const Genotype genotype = space.parse(table.text(row, matrix) + "/" + table.text(row, ops));
    INFO("row " << row);
    CHECK(hash_of(space, genotype) == table.text(row, table.column("hash")));
    CHECK(space.costs(space.representative(genotype, Dedupe::strict)).params ==
          static_cast<std::int64_t>(table.number(row, table.column("params"))));
  }
}

TEST_CASE("10,250 further cells differ in hash and class", "[space][nb101]") {
  WRCOR_REQUIRE_SHARED(file, "data/nb101/zen_10k.csv");
  const std::map<char, std::string> names = {
      {'3', "conv3x3-bn-relu"}, {'1', "conv1x1-bn-relu"}, {'m', "maxpool3x3"}};
  const test::Csv table(file);
  REQUIRE(table.size() == 10'250);
  const NasBench101 space = default_nb101();
  std::set<std::uint64_t> classes;
  for (std::size_t row = 0; row < table.size(); ++row) {
    std::string text = table.text(row, table.column("matrix")) + "/";
    for (const char letter : table.text(row, table.column("ops"))) {
      if (text.back() != '/') text += ',';
      text += names.at(letter);
    }
    const Genotype genotype = space.parse(text);
    INFO(text);
    CHECK(space.format(genotype) == text);
    CHECK(hash_of(space, genotype) == table.text(row, table.column("hash")));
    CHECK(space.costs(genotype).params ==
          static_cast<std::int64_t>(table.number(row, table.column("params"))));
    classes.insert(space.index(genotype));
  }
  CHECK(classes.size() == table.size());
}

TEST_CASE("the golden networks of NAS-Bench-101", "[space][nb101]") {
  WRCOR_REQUIRE_SHARED(small, "golden/nb101_small/golden.json");
  require_golden(small, 14);
  WRCOR_REQUIRE_SHARED(full, "golden/nb101_full/golden.json");
  require_golden(full, 1);
}

TEST_CASE("NAS-Bench-101 refuses sizes that no network can have", "[space][nb101]") {
  const auto make = [](const SpaceOptions& options, int size = 32) {
    return make_space({"nb101", options}, {{3, size, size}, 10});
  };
  CHECK_NOTHROW(make({{"stem_channels", 4}, {"stacks", 6}}));
  CHECK_THROWS_WITH(make({}, 34),
                    "nb101: height of the images: expected a multiple of 4 (the "
                    "network of 3 stacks halves it 2 times), got 34");
  CHECK_THROWS_AS(make({{"stacks", 7}}), UsageError);
  CHECK_THROWS_AS(make({{"stem_channels", 3}}), UsageError);
  CHECK_THROWS_AS(make({{"modules", 0}}), UsageError);
  CHECK_THROWS_WITH(make({{"stem_channels", 4096}, {"stacks", 8}, {"modules", 300}}, 8192),
                    ContainsSubstring("too large to count its costs in 64 bits"));
  CHECK_THROWS_AS(make_space({"nb101", {}}, {{3, 32, 32}, 0}), UsageError);
}

TEST_CASE("a genotype that is no cell of NAS-Bench-101", "[space][nb101]") {
  const NasBench101 space = default_nb101();
  const Genotype empty(26), full(26, 1);
  CHECK_FALSE(space.valid(empty));
  CHECK_FALSE(space.connected(empty));
  CHECK_THROWS_WITH(space.format(empty), ContainsSubstring("no path leads from its input"));
  CHECK_FALSE(space.valid(full));
  CHECK_THROWS_WITH(space.costs(full), ContainsSubstring("at most 9 edges"));
  CHECK_FALSE(space.valid(Genotype(25)));
  CHECK_THROWS_AS(space.plan(Genotype(25)), UsageError);
  CHECK_THROWS_AS(space.connected(Genotype(26, 3)), UsageError);
  CHECK_THROWS_WITH(space.at(423'624), "nb101: index 423624 is outside 0 .. 423623");
}

TEST_CASE("the drawing of a cell of NAS-Bench-101", "[space][nb101]") {
  const NasBench101 space = default_nb101();
  const CellGraph graph = *space
                               .portrait(space.parse("0110100110000010000100000/"
                                                     "conv3x3-bn-relu,maxpool3x3,conv1x1-bn-relu"))
                               .graph;
  CHECK(graph.nodes ==
        std::vector<std::string>{"in", "1 conv3x3", "2 maxpool3x3", "3 conv1x1", "out"});
  CHECK(graph.edges.size() == 7);
}
