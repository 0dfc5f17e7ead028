#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <set>

#include "mbv2_networks.h"
#include "support/catch.h"
#include "wrcor/core/error.h"
#include "wrcor/space/constrained_space.h"

namespace wrcor {
namespace {

using namespace test;

std::size_t cardinality(const SearchSpace& space, std::size_t decision) {
  return space.decisions()[decision].values.size();
}

std::size_t decision_named(const SearchSpace& space, const std::string& name) {
  const auto& all = space.decisions();
  const auto found = std::find_if(all.begin(), all.end(),
                                  [&](const Decision& decision) { return decision.name == name; });
  REQUIRE(found != all.end());
  return static_cast<std::size_t>(found - all.begin());
}

std::set<std::string> changes(const SearchSpace& space, const Genotype& a, const Genotype& b) {
  std::set<std::string> names;
  for (std::size_t d = 0; d < a.size(); ++d) {
    if (a[d] != b[d]) names.insert(space.decisions()[d].name);
  }
  return names;
}

double cost(const SearchSpace& space, const Genotype& genotype, const std::string& name) {
  for (const NamedCost& further : space.further_costs(genotype)) {
    if (further.name == name) return further.value;
  }
  FAIL("no cost " << name);
  return 0;
}

/// Pearson's statistic of counts against probabilities in proportion to the weights.
double chi_square(const std::vector<int>& counts, const std::vector<double>& weights) {
  REQUIRE(counts.size() == weights.size());
  double sum = 0, draws = 0, statistic = 0;
  for (const double weight : weights) sum += weight;
  for (const int count : counts) draws += count;
  for (std::size_t k = 0; k < counts.size(); ++k) {
    const double expected = draws * weights[k] / sum;
    statistic += (counts[k] - expected) * (counts[k] - expected) / expected;
  }
  return statistic;
}

/// Above the statistic of all but about one in a million samples (Wilson and Hilferty).
double largest_chi_square(std::size_t values) {
  const double k = static_cast<double>(values) - 1, z = 4.75;
  return k * std::pow(1 - 2 / (9 * k) + z * std::sqrt(2 / (9 * k)), 3);
}

}  // namespace

TEST_CASE("the space has the decisions of the paper", "[space][mbv2]") {
  const auto space = make_mbv2();
  REQUIRE(space->decisions().size() == 39);
  std::set<std::string> names;
  double networks = 1;
  for (const Decision& decision : space->decisions()) {
    CHECK(names.insert(decision.name).second);
    const std::set<std::string> values(decision.values.begin(), decision.values.end());
    CHECK(values.size() == decision.values.size());
    networks *= static_cast<double>(decision.values.size());
  }
  CHECK(networks == Approx(3.49562488387202496e29).epsilon(1e-14));
  CHECK_FALSE(space->size());
  CHECK_THROWS_AS(space->at(0), UsageError);

  const auto values = [&](const char* name) {
    return space->decisions()[decision_named(*space, name)].values;
  };
  CHECK(values("block 0 channels") == std::vector<std::string>{"16", "24", "32", "40", "48"});
  CHECK(values("block 7 channels").size() == 49);
  CHECK(values("block 8 channels").size() == 177);
  CHECK(values("block 8 channels").back() == "1536");
  CHECK(values("block 7 bottleneck").size() == 23);
  CHECK(values("block 4 layers") == std::vector<std::string>{"2", "3", "4"});
  CHECK(values("block 1 expansion") == std::vector<std::string>{"1", "2", "4", "6"});
  CHECK(values("block 7 kernel") == std::vector<std::string>{"3", "5", "7"});
  CHECK(values("strides of blocks 1 to 7").size() == 35);
  CHECK(values("strides of blocks 1 to 7").front() == "1 1 1 2 2 2 2");
  CHECK(values("resolution") == std::vector<std::string>{"192", "224", "256", "288", "320"});
}

TEST_CASE("the published results are networks of the space", "[space][mbv2]") {
  const auto space = make_mbv2();
  const auto label = [&](const Genotype& genotype, const std::string& name) {
    const std::size_t d = decision_named(*space, name);
    return space->decisions()[d].values[static_cast<std::size_t>(genotype[d])];
  };
  for (const std::string& text : {ea_600m, r_600m, rl_600m}) {
    const Genotype genotype = space->parse(text);
    CHECK(space->valid(genotype));
    CHECK(space->format(genotype) == text);
  }
  const Genotype genotype = space->parse(ea_600m);
  CHECK(label(genotype, "block 0 channels") == "48");
  CHECK(label(genotype, "block 8 channels") == "1264");
  CHECK(label(genotype, "block 6 bottleneck") == "192");
  CHECK(label(genotype, "block 4 layers") == "4");
  CHECK(label(genotype, "block 3 expansion") == "6");
  CHECK(label(genotype, "block 7 kernel") == "5");
  CHECK(label(genotype, "strides of blocks 1 to 7") == "2 2 1 2 1 2 1");
  CHECK(label(genotype, "resolution") == "224");
}

TEST_CASE("draws read back as themselves and keep to the form of the space", "[space][mbv2]") {
  const auto space = make_mbv2();
  Rng rng(1);
  for (int k = 0; k < 500; ++k) {
    const Genotype genotype = space->sample(rng);
    REQUIRE(space->valid(genotype));
    REQUIRE(space->parse(space->format(genotype)) == genotype);
  }
}

TEST_CASE("widths and resolutions are drawn as rounded integers, all else uniformly",
          "[space][mbv2]") {
  const auto space = make_mbv2();
  constexpr int draws = 20'000;
  std::vector<std::vector<int>> counts;
  for (const Decision& decision : space->decisions()) counts.emplace_back(decision.values.size());
  Rng rng(2);
  for (int k = 0; k < draws; ++k) {
    const Genotype genotype = space->sample(rng);
    for (std::size_t d = 0; d < genotype.size(); ++d)
      ++counts[d][static_cast<std::size_t>(genotype[d])];
  }
  for (std::size_t d = 0; d < counts.size(); ++d) {
    const std::string& name = space->decisions()[d].name;
    INFO(name);
    std::vector<double> weights(counts[d].size(), 1);
    if (name.ends_with("channels") || name.ends_with("bottleneck")) {
      // The least width of each range is an even multiple of 8.
      for (std::size_t k = 0; k < weights.size(); ++k) weights[k] = k % 2 == 0 ? 9 : 7;
      weights.front() = weights.back() = 5;
    } else if (name == "resolution") {
      weights = {17, 31, 33, 31, 17};
    }
    CHECK(chi_square(counts[d], weights) < largest_chi_square(weights.size()));
  }
  // The test tells the published distribution from the uniform one.
  CHECK(chi_square(counts[0], {1, 1, 1, 1, 1}) > largest_chi_square(5));
}

TEST_CASE("about 40 % of the draws keep to the published limit", "[space][mbv2]") {
  const auto space = make_mbv2();
  constexpr int draws = 20'000;
  int within = 0;
  Rng rng(3);
  for (int k = 0; k < draws; ++k)
    within += cost(*space, space->sample(rng), "flops_limit") <= 600e6 ? 1 : 0;
  CHECK(within > 0.38 * draws);
  CHECK(within < 0.42 * draws);
}

TEST_CASE("a mutation changes one decision, each as often", "[space][mbv2]") {
  const auto space = make_mbv2();
  const Genotype parent = space->parse(ea_600m);
  std::vector<int> counts(39);
  Rng rng(4);
  for (int k = 0; k < 8000; ++k) {
    const Genotype child = space->mutate(parent, rng);
    REQUIRE(space->valid(child));
    const auto changed = changes(*space, parent, child);
    REQUIRE(changed.size() == 1);
    ++counts[decision_named(*space, *changed.begin())];
  }
  CHECK(chi_square(counts, std::vector<double>(39, 1)) < largest_chi_square(39));
}

TEST_CASE("the published mutation redraws one block and the resolution", "[space][mbv2]") {
  const auto space = make_mbv2({{"published_mutation", 1}});
  const Genotype parent = space->parse(ea_600m);
  std::set<std::string> ever;
  std::vector<int> blocks(7);
  Rng rng(5);
  for (int k = 0; k < 4000; ++k) {
    const Genotype child = space->mutate(parent, rng);
    REQUIRE(space->valid(child));
    std::set<std::string> changed = changes(*space, parent, child);
    ever.insert(changed.begin(), changed.end());
    changed.erase("resolution");
    int block = 0;
    for (int candidate = 1; candidate <= 7; ++candidate) {
      const std::string name = "block " + std::to_string(candidate);
      if (changed.contains(name + " expansion") || changed.contains(name + " kernel"))
        block = candidate;
    }
    REQUIRE(block != 0);
    const std::string name = "block " + std::to_string(block);
    for (const std::string& allowed :
         {name + " expansion", name + " kernel", name + " bottleneck", name + " layers",
          "block " + std::to_string(block - 1) + " channels"})
      changed.erase(allowed);
    REQUIRE(changed.empty());
    ++blocks[static_cast<std::size_t>(block - 1)];
  }
  CHECK(chi_square(blocks, std::vector<double>(7, 1)) < largest_chi_square(7));
  // All but the strides and the widths of the last two blocks.
  CHECK(ever.size() == 36);
  for (const char* constant : {"strides of blocks 1 to 7", "block 7 channels", "block 8 channels"})
    CHECK_FALSE(ever.contains(constant));
}

TEST_CASE("the neighbours are all other values of every decision", "[space][mbv2]") {
  const auto space = make_mbv2();
  const Genotype genotype = space->parse(rl_600m);
  const std::vector<Genotype> neighbours = space->neighbours(genotype);
  std::map<std::string, int> counts;
  for (const Genotype& neighbour : neighbours) {
    CHECK(space->valid(neighbour));
    const auto changed = changes(*space, genotype, neighbour);
    REQUIRE(changed.size() == 1);
    ++counts[*changed.begin()];
  }
  CHECK(std::set<Genotype>(neighbours.begin(), neighbours.end()).size() == neighbours.size());
  CHECK(counts["strides of blocks 1 to 7"] == 34);
  for (std::size_t d = 0; d < 39; ++d)
    CHECK(counts[space->decisions()[d].name] == static_cast<int>(cardinality(*space, d)) - 1);
}

TEST_CASE("networks that the decisions do not reach are no members, but have all else",
          "[space][mbv2]") {
  const auto space = make_mbv2({}, {{3, 32, 32}, 10});
  const std::string another_stem =
      "SuperConvK5" + ea_600m.substr(std::string("SuperConvK3").size());
  std::string another_resolution = ea_600m;
  another_resolution.replace(another_resolution.rfind('@'), 4, "@160");
  std::string fewer_strides = ea_600m;
  fewer_strides.replace(fewer_strides.find("(48,32,2,"), 9, "(48,32,1,");
  for (const std::string& text : {tiny, another_stem, another_resolution, fewer_strides}) {
    INFO(text);
    const Genotype genotype = space->parse(text);
    CHECK_FALSE(space->valid(genotype));
    CHECK(space->format(genotype) == text);
    CHECK(space->representative(genotype, Dedupe::strict) == genotype);
    CHECK(space->plan(genotype).params() == space->costs(genotype).params);
    CHECK(space->portrait(genotype).parts);
    Rng rng(6);
    CHECK_THROWS_AS(space->mutate(genotype, rng), UsageError);
    CHECK_THROWS_WITH(space->neighbours(genotype), ContainsSubstring("39 decisions"));
  }
}

TEST_CASE("what is no genotype is refused", "[space][mbv2]") {
  const auto space = make_mbv2();
  Genotype too_large = space->parse(ea_600m);
  too_large.back() = 5;
  for (const Genotype& genotype :
       {Genotype{}, Genotype{32}, Genotype{32, 0, 3}, Genotype{32, 0, 3, -16, 2, 0, 1},
        Genotype{32, 3, 3, 16, 2, 8, 1}, Genotype{33, 0, 3, 16, 2, 0, 1}, Genotype(38),
        too_large}) {
    CHECK_FALSE(space->valid(genotype));
    CHECK_THROWS_AS(space->format(genotype), UsageError);
    CHECK_THROWS_AS(space->costs(genotype), UsageError);
    CHECK_THROWS_AS(space->plan(genotype), UsageError);
  }
}

TEST_CASE("a network is described block by block", "[space][mbv2]") {
  const auto space = make_mbv2();
  const Portrait portrait = space->portrait(space->parse(ea_600m));
  std::map<std::string, nlohmann::ordered_json> facts;
  for (const Fact& fact : portrait.facts) facts[fact.key] = fact.value;
  CHECK(facts["flops_limit"].dump() == "591710478");
  CHECK(facts["size_published"].dump() == "10775601");
  CHECK(facts["depth"] == 28);
  CHECK(facts["in_space"] == true);
  CHECK_FALSE(portrait.graph);
  REQUIRE(portrait.parts);
  const auto& [columns, rows] = *portrait.parts;
  CHECK(columns == std::vector<std::string>{"block", "kernel", "expansion", "in", "out", "stride",
                                            "bottleneck", "layers", "resolution"});
  REQUIRE(rows.size() == 9);
  using Row = std::vector<std::string>;
  CHECK(rows[0] == Row{"0", "3", "-", "3", "48", "2", "-", "1", "112"});
  CHECK(rows[1] == Row{"1", "7", "2", "48", "32", "2", "40", "2", "56"});
  CHECK(rows[8] == Row{"8", "1", "-", "240", "1264", "1", "-", "1", "7"});
}

TEST_CASE("further costs pass through constraints", "[space][mbv2]") {
  const auto space = make_mbv2();
  const ConstrainedSpace constrained(*space, {.max_params = 1'000'000'000}, Dedupe::strict);
  const Genotype genotype = space->parse(ea_600m);
  REQUIRE(constrained.further_costs(genotype).size() == 2);
  CHECK(cost(constrained, genotype, "flops_limit") == 591'710'478);
  CHECK(cost(constrained, genotype, "size_published") == 10'775'601);
}

TEST_CASE("images that the networks cannot have are refused", "[space][mbv2]") {
  CHECK_THROWS_WITH(make_mbv2({}, {{1, 28, 28}, 10}), ContainsSubstring("3 channels, got 1"));
  CHECK_THROWS_AS(make_mbv2({}, {{3, 0, 28}, 10}), UsageError);
  CHECK_THROWS_AS(make_mbv2({}, {{3, 28, 28}, 0}), UsageError);
  CHECK_THROWS_AS(make_mbv2({{"se", 2}}), UsageError);
}

}  // namespace wrcor
