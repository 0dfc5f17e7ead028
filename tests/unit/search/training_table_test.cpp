#include "search/training_table.h"

#include "support/catch.h"
#include "wrcor/core/error.h"
#include "wrcor/space/nas_bench_201.h"

using namespace wrcor;

namespace {

const NasBench201 space;

BenchmarkTable read(const std::string& text, const std::set<std::string>& columns) {
  return BenchmarkTable::parse(text, "t.csv", space, BenchmarkKey::parse("id"), columns);
}

std::string arch(std::uint64_t id) { return space.format(space.at(id)); }

/// Ids of cells whose edges are all skips, 1x1 convolutions, 3x3 convolutions: few FLOPs to many.
constexpr std::uint64_t skips = 3906, small = 2 * 3906, large = 3 * 3906;

TrainingTable trainings(bool continues = false) {
  TrainingTable table =
      training_table(read("id,short,long,test\n3906,50,-2,1\n7812,60,,2\n11718,70,-1,3\n",
                          {"short", "long", "test"}),
                     {{1, {"short"}}, {9, FigureColumn::parse("-long")}}, nullptr, {{"test"}});
  table.continues = continues;
  return table;
}

}  // namespace

TEST_CASE("a table of trainings has the figures of all fidelities", "[search][trainings]") {
  const TrainingTable table = trainings();
  REQUIRE(table.networks.size() == 3);
  const TrainedNetwork& network = table.networks.at(arch(skips));
  CHECK((network.validation == std::vector<std::optional<double>>{50, 2}));
  CHECK((network.metrics == std::vector<std::optional<double>>{1}));
  CHECK_FALSE(table.networks.at(arch(small)).validation[1]);
  CHECK_FALSE(table.continues);
}

TEST_CASE("the figures of trainings may be those of curves", "[search][trainings]") {
  const CurveTable curves = CurveTable::parse("id,epoch,acc\n3906,0,30\n3906,1,40\n", "c.csv",
                                              space, BenchmarkKey::parse("id"), {{}, {"acc"}});
  const BenchmarkTable benchmark = read("id,test\n3906,1\n7812,2\n", {"test"});
  const TrainingTable table =
      training_table(benchmark, {{1, {"acc"}}, {2, {"acc"}}}, &curves, {{"test"}});
  CHECK(table.continues);
  CHECK((table.networks.at(arch(skips)).validation == std::vector<std::optional<double>>{30, 40}));
  CHECK_FALSE(table.networks.at(arch(small)).validation[0]);
  CHECK_THROWS_WITH(training_table(benchmark, {{3, {"acc"}}}, &curves, {}),
                    ContainsSubstring("no network has a value of 'acc' after 3 epochs"));
}

TEST_CASE("seconds that were measured are taken as they are", "[search][trainings]") {
  TrainingTable table = trainings();
  const KnownSeconds known =
      add_seconds(table, space, read("id,s\n3906,10\n7812,25\n11718,30\n", {"s"}), "s");
  CHECK(known.measured == 3);
  CHECK(known.estimated == 0);
  CHECK_FALSE(known.error);
  CHECK(table.networks.at(arch(small)).seconds.front() == 25);
}

TEST_CASE("other seconds are estimated from FLOPs", "[search][trainings]") {
  TrainingTable table = trainings();
  table.networks[arch(0)].validation.resize(2);
  const auto flops = [](std::uint64_t id) {
    return static_cast<double>(space.costs(space.at(id)).flops);
  };
  std::string times = "id,s\n";
  for (const std::uint64_t id : {skips, small, large})
    times += std::to_string(id) + "," + std::to_string(5 + flops(id) / 1e6) + "\n";
  const KnownSeconds known = add_seconds(table, space, read(times, {"s"}), "s");
  CHECK(known.measured == 3);
  CHECK(known.estimated == 1);
  CHECK(known.error.value() < 1e-6);
  CHECK(table.networks.at(arch(0)).seconds.front() == Approx(5 + flops(0) / 1e6));
}

TEST_CASE("seconds that cannot be are refused", "[search][trainings]") {
  TrainingTable table = trainings();
  CHECK_THROWS_WITH(add_seconds(table, space, read("id,s\n3906,0\n", {"s"}), "s"),
                    ContainsSubstring("column 's': expected seconds of training above 0 for |") &&
                        ContainsSubstring("got 0"));
  table = trainings();
  CHECK_THROWS_WITH(add_seconds(table, space, read("id,s\n3906,5\n", {"s"}), "s"),
                    ContainsSubstring("at least 3 networks, not 1"));
  const BenchmarkTable times =
      read("id,s,less\n3906,10,9\n7812,20,21\n11718,30,31\n", {"s", "less"});
  for (const bool continues : {false, true}) {
    table = trainings(continues);
    add_seconds(table, space, times, "s");
    if (continues) {
      CHECK_THROWS_WITH(add_seconds(table, space, times, "less"),
                        ContainsSubstring("expected at least the 10 seconds of fewer epochs"));
    } else {
      CHECK_NOTHROW(add_seconds(table, space, times, "less"));
    }
  }
}
