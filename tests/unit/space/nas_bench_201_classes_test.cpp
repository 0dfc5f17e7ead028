#include <algorithm>
#include <map>
#include <set>
#include <string>

#include "csv.h"
#include "support/catch.h"
#include "support/shared.h"
#include "wrcor/space/nas_bench_201.h"

namespace wrcor {
namespace {

std::string representative_of(const std::string& cell) {
  const NasBench201 space;
  return space.format(space.representative(space.parse(cell), Dedupe::strict));
}

template <typename Function>
std::size_t distinct(Function key) {
  const NasBench201 space;
  std::set<decltype(key(Genotype{}))> keys;
  for (std::uint64_t id = 0; id < NasBench201::cell_count; ++id) keys.insert(key(space.at(id)));
  return keys.size();
}

}  // namespace

TEST_CASE("the space splits into classes of known numbers", "[space][nb201][classes]") {
  const NasBench201 space;
  const auto representatives = [&](Dedupe dedupe) {
    return distinct([&](const Genotype& cell) { return space.representative(cell, dedupe); });
  };
  CHECK(representatives(Dedupe::strict) == 5'260);
  CHECK(representatives(Dedupe::score) == 11'440);
  CHECK(representatives(Dedupe::exact) == 15'625);
  const auto published = [](PublishedClasses classes) {
    return distinct([&](const Genotype& cell) { return published_class(cell, classes); });
  };
  CHECK(published(PublishedClasses::n6466) == 6'466);
  CHECK(published(PublishedClasses::n12751) == 12'751);
  CHECK(distinct(effective_cell) == 9'445);

  int dead = 0;
  int own_effective = 0;
  for (std::uint64_t id = 0; id < NasBench201::cell_count; ++id) {
    const Genotype cell = space.at(id);
    if (!space.connected(cell)) ++dead;
    if (effective_cell(cell) == cell) ++own_effective;
  }
  CHECK(dead == 341);
  CHECK(own_effective == 9'445);
}

TEST_CASE("edges that no path uses are not effective", "[space][nb201][classes]") {
  // 0->1 leads nowhere, 2->3 is fed by nothing.
  CHECK(effective_cell({3, 0, 0, 1, 0, 2}) == Genotype{0, 0, 0, 1, 0, 0});
  CHECK(effective_cell({3, 0, 4, 0, 0, 2}) == Genotype{3, 0, 4, 0, 0, 2});
  CHECK(effective_cell({3, 3, 3, 0, 0, 0}) == Genotype(6, 0));
  CHECK_FALSE(NasBench201().connected({3, 3, 3, 0, 0, 0}));
  CHECK_FALSE(NasBench201().connected({0, 0, 3, 0, 3, 3}));
  CHECK(NasBench201().connected({0, 2, 0, 0, 0, 1}));
}

TEST_CASE("a strict representative stands for its class", "[space][nb201][classes]") {
  const NasBench201 space;
  for (std::uint64_t id = 0; id < NasBench201::cell_count; ++id) {
    const Genotype cell = space.at(id);
    const Genotype effective = effective_cell(cell);
    const Genotype chosen = space.representative(cell, Dedupe::strict);
    REQUIRE(space.representative(chosen, Dedupe::strict) == chosen);
    REQUIRE(space.representative(effective, Dedupe::strict) == chosen);
    REQUIRE(effective_cell(chosen) == chosen);
    REQUIRE(space.index(chosen) <= space.index(effective));
    REQUIRE(space.connected(chosen) == space.connected(cell));
    // Every convolution that matters is kept: the networks have the same size.
    REQUIRE(space.costs(chosen).params == space.costs(effective).params);
    REQUIRE(space.costs(chosen).flops == space.costs(effective).flops);
    REQUIRE(space.representative(cell, Dedupe::exact) == cell);
    REQUIRE(space.representative(cell, Dedupe::score) == (effective == cell ? chosen : cell));
  }
}

TEST_CASE("strict classes merge renamed nodes and skips, and nothing that differs in weights",
          "[space][nb201][classes]") {
  // One convolution on each of the three ways from input to output.
  const std::string direct =
      representative_of("|none~0|+|none~0|none~1|+|nor_conv_3x3~0|none~1|none~2|");
  CHECK(representative_of("|nor_conv_3x3~0|+|none~0|none~1|+|none~0|skip_connect~1|none~2|") ==
        direct);
  CHECK(representative_of("|none~0|+|skip_connect~0|none~1|+|none~0|none~1|nor_conv_3x3~2|") ==
        direct);
  // A dangling convolution is ignored.
  CHECK(representative_of("|nor_conv_1x1~0|+|none~0|none~1|+|nor_conv_3x3~0|none~1|none~2|") ==
        direct);
  CHECK(direct == "|none~0|+|none~0|none~1|+|nor_conv_3x3~0|none~1|none~2|");
  // Twice the same pooling is one pooling used twice; twice a convolution is two sets of weights.
  CHECK(representative_of(
            "|avg_pool_3x3~0|+|none~0|none~1|+|avg_pool_3x3~0|skip_connect~1|none~2|") ==
        representative_of(
            "|avg_pool_3x3~0|+|none~0|skip_connect~1|+|none~0|skip_connect~1|skip_connect~2|"));
  CHECK(representative_of(
            "|nor_conv_3x3~0|+|none~0|none~1|+|nor_conv_3x3~0|skip_connect~1|none~2|") !=
        representative_of(
            "|nor_conv_3x3~0|+|none~0|skip_connect~1|+|none~0|skip_connect~1|skip_connect~2|"));
}

TEST_CASE("published classes merge cells with different weights", "[space][nb201][classes]") {
  const NasBench201 space;
  const Genotype two_convolutions = space.at(lexicographic_id(0));
  const Genotype one_used_twice = space.at(lexicographic_id(3599));
  const std::string key = "(0)@avg_pool_3x3+(0)@avg_pool_3x3+(0)@nor_conv_1x1+(0)@nor_conv_1x1";
  CHECK(published_key(two_convolutions, PublishedClasses::n6466) == key);
  CHECK(published_key(one_used_twice, PublishedClasses::n6466) == key);
  CHECK(published_class(one_used_twice, PublishedClasses::n6466) == 0);
  CHECK(space.costs(two_convolutions).params != space.costs(one_used_twice).params);
  CHECK(space.representative(two_convolutions, Dedupe::strict) !=
        space.representative(one_used_twice, Dedupe::strict));
  CHECK(published_key(space.at(lexicographic_id(3)), PublishedClasses::n6466) == "#+#+#+0");
  CHECK(published_key({0, 1, 0, 0, 0, 1}, PublishedClasses::n12751) ==
        "((0)@none)@none+((0)@none)@none+0+(0)@none");
}

TEST_CASE("ids and classes equal the golden table", "[space][nb201][golden]") {
  WRCOR_REQUIRE_SHARED(path, "golden/nb201_canonical.csv");
  const test::Csv table(path);
  const NasBench201 space;
  const auto index = table.column("index"), arch = table.column("arch"),
             canonical = table.column("canonical"), class_id = table.column("class_id"),
             connected = table.column("connected"), lex_id = table.column("lex_id"),
             class12751 = table.column("class12751_id"),
             effective = table.column("effective_lex_id"),
             strict_class = table.column("strict_class_id"),
             strict_rep = table.column("strict_rep_lex_id");
  REQUIRE(table.size() == 15'625);
  std::map<std::uint64_t, std::uint64_t> strict_class_of_representative;
  for (std::size_t row = 0; row < table.size(); ++row) {
    const Genotype cell = space.parse(table.text(row, arch));
    const std::uint64_t id = space.index(cell);
    REQUIRE(id == table.number(row, lex_id));
    REQUIRE(official_index(id) == table.number(row, index));
    REQUIRE(space.format(cell) == table.text(row, arch));
    REQUIRE(published_key(cell, PublishedClasses::n6466) == table.text(row, canonical));
    REQUIRE(published_class(cell, PublishedClasses::n6466) == table.number(row, class_id));
    REQUIRE(published_class(cell, PublishedClasses::n12751) == table.number(row, class12751));
    REQUIRE(space.connected(cell) == (table.text(row, connected) == "1"));
    REQUIRE(space.index(effective_cell(cell)) == table.number(row, effective));
    const std::uint64_t representative = space.index(space.representative(cell, Dedupe::strict));
    REQUIRE(representative == table.number(row, strict_rep));
    // Rows are in official order: the first member met has the smallest index.
    const auto smallest =
        strict_class_of_representative.try_emplace(representative, table.number(row, index));
    REQUIRE(smallest.first->second == table.number(row, strict_class));
  }
}

TEST_CASE("costs and classes equal the benchmark's records", "[space][nb201][golden]") {
  WRCOR_REQUIRE_SHARED(path, "data/nb201/nb201.csv");
  const test::Csv table(path);
  const NasBench201 space;
  const auto index = table.column("index"), arch = table.column("arch"),
             params = table.column("params_M"), flops = table.column("flops_M"),
             isomorph = table.column("isomorph");
  REQUIRE(table.size() == 15'625);
  for (std::size_t row = 0; row < table.size(); ++row) {
    const Genotype cell = space.parse(table.text(row, arch));
    REQUIRE(official_index(space.index(cell)) == table.number(row, index));
    // Recorded in millions with all digits; the differences
    // are those of decimal fractions in binary.
    const Costs costs = space.costs(cell);
    REQUIRE(std::stod(table.text(row, params)) * 1e6 ==
            Approx(static_cast<double>(costs.params)).epsilon(0).margin(1e-4));
    REQUIRE(std::stod(table.text(row, flops)) * 1e6 ==
            Approx(static_cast<double>(costs.flops)).epsilon(0).margin(1e-4));
    REQUIRE(published_class(cell, PublishedClasses::n6466) == table.number(row, isomorph));
  }
}

}  // namespace wrcor
