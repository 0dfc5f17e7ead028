#include "score/benchmark_table.h"

#include "score/statistics.h"
#include "support/catch.h"
#include "support/shared.h"
#include "support/temporary_folder.h"
#include "unit/space/nas_bench_101.h"
#include "wrcor/core/error.h"
#include "wrcor/space/nas_bench_201.h"

using namespace wrcor;

namespace {

// The cells with the ids 0, 1 and 15624.
const std::string first = "|none~0|+|none~0|none~1|+|none~0|none~1|none~2|";
const std::string second = "|none~0|+|none~0|none~1|+|none~0|none~1|skip_connect~2|";
const std::string last =
    "|avg_pool_3x3~0|+|avg_pool_3x3~0|avg_pool_3x3~1|+|avg_pool_3x3~0|avg_pool_3x3~1|"
    "avg_pool_3x3~2|";

BenchmarkTable read(const std::string& text, const std::string& key = "arch",
                    const MissingFigures& missing = {}) {
  const test::TemporaryFolder folder;
  return BenchmarkTable::read(folder.write("t.csv", text), NasBench201(), BenchmarkKey::parse(key),
                              {"acc"}, missing);
}

std::string problem(const std::string& text, const std::string& key = "arch") {
  try {
    read(text, key);
  } catch (const DataError& error) {
    return error.what();
  }
  return "accepted";
}

}  // namespace

TEST_CASE("a table is found by what an architecture is", "[score][benchmark]") {
  const BenchmarkTable table =
      read("note,acc,arch\nx,90.5," + last + "\n,,\" " + first + "\"\n", "arch");
  CHECK(table.size() == 2);
  REQUIRE(table.find(first));
  CHECK_FALSE(table.value(*table.find(first), "acc"));
  CHECK(table.value(*table.find(last), "acc") == 90.5);
  CHECK_FALSE(table.find(second));
  CHECK(table.arch(0) < table.arch(1));
}

TEST_CASE("a table may number its architectures as the space or its benchmark does",
          "[score][benchmark]") {
  const NasBench201 space;
  const BenchmarkTable ids = read("id,acc\n1,10\n15624,20\n", "id");
  CHECK(ids.value(*ids.find(second), "acc") == 10);
  CHECK(ids.value(*ids.find(last), "acc") == 20);
  const BenchmarkTable official = read("nr,acc\n1,10\n6111,20\n", "index=nr");
  CHECK(official.find(space.format(space.at(lexicographic_id(6111)))));
  CHECK(
      official.find("|nor_conv_3x3~0|+|nor_conv_3x3~0|avg_pool_3x3~1|+|skip_connect~0|"
                    "nor_conv_3x3~1|skip_connect~2|"));
  CHECK_THROWS_WITH(BenchmarkKey::parse("name"),
                    ContainsSubstring("expected arch, id, index or naslib"));
}

TEST_CASE("a table may name its architectures as NASLib does", "[score][benchmark]") {
  const std::string arch =
      "|avg_pool_3x3~0|+|skip_connect~0|none~1|+|nor_conv_1x1~0|avg_pool_3x3~1|nor_conv_1x1~2|";
  const BenchmarkTable table =
      read("net,acc\n\"(4, 0, 3, 1, 4, 3)\",85\n111111,10\n[4 4 4 4 4 4],20\n", "naslib=net");
  CHECK(table.size() == 3);
  CHECK(table.value(*table.find(arch), "acc") == 85);
  CHECK(table.value(*table.find(first), "acc") == 10);
  CHECK(table.value(*table.find(last), "acc") == 20);
  CHECK(read("net,acc\n\"(4, 0, 3, 1, 4, 3)\",85\n", "arch=net").find(arch));
  CHECK_THAT(problem("net,acc\n403145,85\n", "naslib=net"),
             ContainsSubstring("t.csv:2:1: ") && ContainsSubstring("six digits from 0 to 4"));
}

TEST_CASE("a table may have a value of its own for what is missing", "[score][benchmark]") {
  const std::string text = "arch,acc\n" + first + ",-1.0\n" + second + ", nan\n" + last + ",-10\n";
  const BenchmarkTable table = read(text, "arch", {"-1", "nan"});
  CHECK_FALSE(table.value(*table.find(first), "acc"));
  CHECK_FALSE(table.value(*table.find(second), "acc"));
  CHECK(table.value(*table.find(last), "acc") == -10);
  CHECK_THAT(problem(text), ContainsSubstring("t.csv:3:"));
}

TEST_CASE("a column is named with a minus where lower is better", "[score][benchmark]") {
  CHECK(FigureColumn::parse("acc").better == Direction::higher);
  CHECK(FigureColumn::parse("-ms").name == "ms");
  CHECK(FigureColumn::parse("-ms").text() == "-ms");
  CHECK(FigureColumn::parse("-ms").oriented(3) == -3);
}

TEST_CASE("what is wrong with a table is said with its place", "[score][benchmark]") {
  CHECK_THAT(problem("arch,acc\n" + first + ",1\n|nope~0|,2\n"), ContainsSubstring("t.csv:3:1: "));
  CHECK_THAT(problem("arch,acc\n" + first + ",1\n" + last + ",x\n"),
             ContainsSubstring("t.csv:3:" + std::to_string(last.size() + 2) + ": column 'acc'"));
  CHECK_THAT(problem("arch,acc\n" + first + ",1\n" + last + ",3\n " + first + ",1\n"),
             ContainsSubstring("t.csv: lines 2 and 4 are about one architecture, " + first));
  CHECK_THAT(problem("arch,acc\n"), ContainsSubstring("no rows"));
  CHECK_THAT(problem("id,acc\n15625,1\n", "id"),
             ContainsSubstring("t.csv:2:1: expected a number below 15625, got 15625"));
  CHECK_THAT(problem("index,acc\n15625,1\n", "index"), ContainsSubstring("outside 0 .. 15624"));
  CHECK_THAT(problem("id,acc\n-1,1\n", "id"),
             ContainsSubstring("expected a whole number, got '-1'"));
  CHECK_THROWS_AS(read("arch,accuracy\n" + first + ",1\n"), UsageError);
  CHECK_THROWS_AS(read("architecture,acc\n" + first + ",1\n"), UsageError);
}

TEST_CASE("sizes and short training rank NAS-Bench-201 as published", "[score][benchmark]") {
  WRCOR_REQUIRE_SHARED(path, "data/nb201/nb201.csv");
  const std::vector<std::string> metrics = {"c10_test_200ep", "c100_test_200ep", "im16_test_200ep"};
  // spearmanr of SciPy 1.10.1; published for the parameters: .753, .728, .691 (AZ-NAS, CVPR 2024).
  const std::map<std::string, std::vector<double>> expected = {
      {"params_M", {0.7526938517364276, 0.7278262748984644, 0.6915033712394535}},
      {"flops_M", {0.7526938517364276, 0.7278262748984644, 0.6915033712394535}},
      {"c10_naslib_200ep", {0.9801890120421712, 0.9724042135834439, 0.9540978775633578}},
      {"c10_val_12ep", {0.7718283273247906, 0.7774427680853048, 0.811419535767003}},
  };
  std::set<std::string> columns(metrics.begin(), metrics.end());
  for (const auto& [name, values] : expected) columns.insert(name);
  const NasBench201 space;
  for (const std::string key : {"arch", "index"}) {
    const BenchmarkTable table =
        BenchmarkTable::read(path, space, BenchmarkKey::parse(key), columns);
    REQUIRE(table.size() == 15625);
    const auto column = [&](const std::string& name) {
      std::vector<double> values;
      for (std::size_t row = 0; row < table.size(); ++row)
        values.push_back(table.value(row, name).value());
      return values;
    };
    for (const auto& [name, values] : expected) {
      for (std::size_t k = 0; k < metrics.size(); ++k) {
        INFO(name << " " << metrics[k]);
        CHECK(spearman(column(name), column(metrics[k])).value() ==
              Approx(values[k]).margin(1e-12).epsilon(0));
      }
    }
    // kendalltau of SciPy 1.10.1.
    CHECK(kendall(column("params_M"), column("c10_test_200ep")).value() ==
          Approx(0.5778485929525705).margin(1e-12).epsilon(0));
    CHECK(kendall(column("c10_val_12ep"), column("im16_test_200ep")).value() ==
          Approx(0.6291468676746385).margin(1e-12).epsilon(0));
  }
}

TEST_CASE("isomorphic cells have one record where the benchmark says so", "[score][benchmark]") {
  const NasBench101 space = test::small_nb101();
  const auto cell = [&](const std::string& text) { return space.format(space.parse(text)); };
  const std::string bits = "0110000100010000/";
  const std::string one = cell(bits + "conv3x3-bn-relu,maxpool3x3"),
                    same = cell(bits + "maxpool3x3,conv3x3-bn-relu"),
                    other = cell(bits + "maxpool3x3,conv1x1-bn-relu");
  REQUIRE(one != same);
  const auto table = [&](const std::string& rows) {
    return BenchmarkTable::parse("matrix,acc\n" + rows, "t.csv", space,
                                 BenchmarkKey::parse("arch=matrix"), {"acc"});
  };
  const BenchmarkTable single = table("\"" + one + "\",90\n");
  CHECK(single.find(one) == 0u);
  CHECK(single.find(same) == 0u);
  CHECK_FALSE(single.find(other));
  const BenchmarkTable both = table("\"" + one + "\",90\n\"" + same + "\",91\n");
  CHECK(both.value(*both.find(one), "acc") == 90);
  CHECK(both.value(*both.find(same), "acc") == 91);
}
