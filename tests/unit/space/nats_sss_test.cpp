#include "space/nats_sss/nats_sss.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "core/file.h"
#include "csv.h"
#include "support/catch.h"
#include "support/shared.h"
#include "wrcor/core/error.h"

using namespace wrcor;

namespace {

const NetworkInput cifar10{{3, 32, 32}, 10};
const NetworkInput cifar100{{3, 32, 32}, 100};
const NetworkInput imagenet16{{3, 16, 16}, 120};

NatsSss space_for(const NetworkInput& input = cifar10) { return {1, input}; }

Costs costs_of(const std::string& arch, const NetworkInput& input) {
  const NatsSss space = space_for(input);
  return space.costs(space.parse(arch));
}

}  // namespace

TEST_CASE("costs of the size space are those that the benchmark records", "[space]") {
  struct Recorded {
    const char* arch;
    NetworkInput input;
    std::int64_t params, flops;  // the benchmark counts the classifier's biases as FLOPs, too
  };
  const Recorded all[] = {
      {"8:8:8:8:8", cifar10, 11714, 4481114},        {"8:8:8:8:8", cifar100, 12524, 4481924},
      {"8:8:8:8:8", imagenet16, 12704, 1121336},     {"8:8:8:16:32", cifar10, 49202, 6840650},
      {"8:8:8:16:32", cifar100, 52172, 6843620},     {"8:8:8:16:32", imagenet16, 52832, 1714040},
      {"8:8:40:32:40", cifar10, 144834, 21827994},   {"8:8:40:32:40", cifar100, 148524, 21831684},
      {"8:8:40:32:40", imagenet16, 149344, 5461816},
  };
  for (const Recorded& recorded : all) {
    INFO(recorded.arch << ", " << recorded.input.classes << " classes");
    const Costs costs = costs_of(recorded.arch, recorded.input);
    CHECK(costs.params == recorded.params);
    CHECK(costs.flops + recorded.input.classes == recorded.flops);
  }
}

TEST_CASE("costs in closed form are the sums over the network", "[space]") {
  Rng rng(3);
  for (const int cells : {1, 2, 3}) {
    const NatsSss space(cells, cifar10);
    for (int k = 0; k < 60; ++k) {
      const Genotype genotype = space.sample(rng);
      INFO(space.format(genotype) << ", " << cells << " cells");
      const NetworkPlan plan = space.plan(genotype);
      CHECK(space.costs(genotype).params == plan.params());
      CHECK(space.costs(genotype).flops == plan.flops());
    }
  }
}

TEST_CASE("indices of the size space are the benchmark's", "[space]") {
  const NatsSss space = space_for();
  const std::pair<const char*, std::uint64_t> known[] = {
      {"8:8:8:8:8", 0}, {"8:8:8:16:32", 11}, {"8:8:40:32:40", 284}, {"64:64:64:64:64", 32767}};
  for (const auto& [arch, index] : known) {
    CHECK(space.index(space.parse(arch)) == index);
    CHECK(space.format(space.at(index)) == arch);
  }
  for (std::uint64_t index = 0; index < *space.size(); index += 97)
    CHECK(space.index(space.at(index)) == index);
  CHECK_THROWS_WITH(space.at(32768), "nats_sss: index 32768 is outside 0 .. 32767");
}

TEST_CASE("the benchmark's table names the networks as the size space does", "[space]") {
  WRCOR_REQUIRE_SHARED(file, "data/sss/sss_c10.csv");
  const test::Csv table(file);
  const NatsSss space = space_for();
  REQUIRE(table.size() == 19661);
  const std::size_t arch = table.column("arch"), index = table.column("index"),
                    params = table.column("params"), flops = table.column("flops");
  for (std::size_t row = 0; row < table.size(); ++row) {
    const Genotype genotype = space.parse(table.text(row, arch));
    REQUIRE(space.format(genotype) == table.text(row, arch));
    REQUIRE(space.index(genotype) == table.number(row, index));
    REQUIRE(space.costs(genotype).params == static_cast<std::int64_t>(table.number(row, params)));
    REQUIRE(space.costs(genotype).flops == static_cast<std::int64_t>(table.number(row, flops)));
  }
}

TEST_CASE("texts that name no widths are refused where they go wrong", "[space]") {
  const NatsSss space = space_for();
  const auto refuse = [&](const std::string& text, const std::string& message) {
    INFO(text);
    CHECK_THROWS_WITH(space.parse(text), "nats_sss widths: " + message);
  };
  const std::string widths = "one of the widths 8, 16, 24, 32, 40, 48, 56, 64";
  refuse("", "at byte 0: found the end of the text, expected " + widths);
  refuse("8:8:8:8", "at byte 7: found the end of the text, expected ':' and width 5 of 5");
  refuse("8:8:8:8:8:8",
         "at byte 9: found ':8', expected the end of the text after the fifth width");
  refuse("8:9:8:8:8", "at byte 2: found '9:8:8:8', expected " + widths);
  refuse("8:08:8:8:8", "at byte 2: found '08:8:8:8', expected " + widths);
  refuse("8:+8:8:8:8", "at byte 2: found '+8:8:8:8', expected " + widths);
  refuse("8: 8:8:8:8", "at byte 2: found ' 8:8:8:8', expected " + widths);
  refuse("72:8:8:8:8", "at byte 0: found '72:8:8:8:8', expected " + widths);
  CHECK(space.format(space.parse(" 8:16:24:32:64\n")) == "8:16:24:32:64");
}

TEST_CASE("every network of the size space has 35 neighbours and stands for itself", "[space]") {
  const NatsSss space = space_for();
  const Genotype genotype = space.parse("8:8:40:32:40");
  const auto neighbours = space.neighbours(genotype);
  CHECK(std::set(neighbours.begin(), neighbours.end()).size() == 35);
  CHECK(space.format(neighbours.front()) == "16:8:40:32:40");
  CHECK(space.format(neighbours.back()) == "8:8:40:32:64");
  CHECK(space.representative(genotype, Dedupe::strict) == genotype);
}

TEST_CASE("a skip that changes the width is a projection without a response", "[space]") {
  const NatsSss space = space_for();
  const auto names_of = [&](const char* arch) {
    std::set<std::string> names;
    for (const Layer& layer : space.plan(space.parse(arch)).layers) {
      for (const Parameter& parameter : layer.parameters) names.insert(parameter.name);
    }
    return names;
  };
  const auto equal = names_of("8:8:8:8:8"), different = names_of("8:16:24:24:24");
  CHECK_FALSE(equal.contains("cells.2.layers.3.conv.weight"));
  CHECK(different.contains("cells.2.layers.3.conv.weight"));
  CHECK(different.contains("cells.2.layers.3.bn.weight"));
  CHECK_FALSE(different.contains("cells.4.layers.3.conv.weight"));
  for (const char* arch : {"8:8:8:8:8", "8:16:24:24:24"}) {
    const NetworkPlan plan = space.plan(space.parse(arch));
    int activations = 0, gradients = 0, last_unit = 0;
    for (const Tap& tap : plan.responses(Counting::reference)) {
      (tap.side == Side::activation ? activations : gradients) += tap.multiplicity;
      last_unit = std::max(last_unit, tap.unit);
    }
    CHECK(activations == 39);
    CHECK(gradients == 39);
    CHECK(last_unit == 5);
  }
}

TEST_CASE("networks of the published size space have its parameters", "[space]") {
  WRCOR_REQUIRE_SHARED(file, "golden/sss_small/golden.json");
  const auto golden = nlohmann::json::parse(read_file(file));
  for (const auto& network : golden.at("cases")) {
    const Costs costs = costs_of(network.at("arch"), cifar10);
    CHECK(costs.params == network.at("params").get<std::int64_t>());
    CHECK(costs.flops == network.at("flops").get<std::int64_t>());
  }
}

TEST_CASE("sizes that the size space cannot have are refused by name", "[space]") {
  CHECK_THROWS_WITH(NatsSss(0, cifar10), "nats_sss: cells: expected at least 1, got 0");
  CHECK_THROWS_WITH(NatsSss(1, {{3, 30, 32}, 10}),
                    ContainsSubstring("height of the images: expected a multiple of 4"));
  CHECK_THROWS_WITH(make_space({"nats_sss", {{"channels", 4}}}, cifar10),
                    "the space 'nats_sss' has no option 'channels'; it has cells");
  CHECK_THROWS_WITH(make_space({"nats_sss", {{"cells", 301}}}, cifar10),
                    "the space 'nats_sss' takes cells from 1 to 300, got 301");
}
