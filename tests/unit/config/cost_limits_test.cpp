#include "config/cost_limits.h"

#include <spdlog/fmt/fmt.h>

#include "core/csv.h"
#include "core/text_file.h"
#include "support/catch.h"
#include "support/shared.h"
#include "support/temporary_folder.h"
#include "wrcor/core/error.h"
#include "wrcor/core/random.h"
#include "wrcor/space/nas_bench_201.h"

using namespace wrcor;

namespace {

Config with_table(const std::filesystem::path& file, const std::string& limits) {
  Config config;
  config.constraints.cost_table = file.string();
  config.constraints.max_cost = limits;
  return config;
}

/// @param file  with one row for each cell of NAS-Bench-201
void check_draws(const std::filesystem::path& file, const std::string& column, double most) {
  const NasBench201 space;
  const CostLimits limits =
      cost_limits(with_table(file, fmt::format("{}={}", column, most)), space);
  REQUIRE(limits.table->columns.at(column).size() == 15'625);
  CsvReader csv(read_text_file(file, 1 << 24), file.string());
  std::map<std::string, double> published;
  while (csv.next()) {
    const auto number = std::stoull(csv.field(csv.column("index")));
    published[space.format(*space.at_official(number))] = *csv.number(csv.column(column));
  }
  const ConstrainedSpace constrained(space, limits, Dedupe::exact);
  Rng rng(1);
  for (int i = 0; i < 200; ++i) CHECK(published.at(space.format(constrained.sample(rng))) <= most);
  CHECK(constrained.rejected().all > 0);
  CHECK(constrained.rejected().without_cost == 0);
}

}  // namespace

TEST_CASE("a cost that the table lacks makes an architecture infeasible, and counts",
          "[config][cost]") {
  const test::TemporaryFolder folder;
  const NasBench201 space;
  const auto arch = [&](std::uint64_t id) { return space.format(space.at(id)); };
  const auto file = folder.write(
      "costs.csv", "arch,ms\n" + arch(1) + ",5\n" + arch(2) + ",\n" + arch(3) + ",0\n");
  const CostLimits limits = cost_limits(with_table(file, "ms=4"), space);
  const ConstrainedSpace constrained(space, limits, Dedupe::exact);
  CHECK_FALSE(constrained.valid(space.at(1)));
  CHECK(constrained.rejected().without_cost == 0);
  CHECK_FALSE(constrained.valid(space.at(2)));
  CHECK_FALSE(constrained.valid(space.at(4)));
  CHECK(constrained.rejected().without_cost == 2);
  CHECK(constrained.valid(space.at(3)));
  CHECK(constrained.rejected().all == 3);
}

TEST_CASE("a cost must be one of the space or of the table", "[config][cost]") {
  const test::TemporaryFolder folder;
  const auto file = folder.write("costs.csv", "index,ms\n0,5\n");
  CHECK_THROWS_AS(cost_limits(with_table(file, "mJ=4"), NasBench201()), UsageError);
  CHECK_THROWS_AS(cost_limits(with_table("absent.csv", "ms=4"), NasBench201()), DataError);
}

TEST_CASE("latencies of HW-NAS-Bench limit what is drawn", "[config][cost]") {
  WRCOR_REQUIRE_SHARED(file, "data/nb201/hw_cifar10.csv");
  check_draws(file, "eyeriss_latency_ms", 4.0);
}

TEST_CASE("latencies of HELP limit what is drawn", "[config][cost]") {
  WRCOR_REQUIRE_SHARED(file, "data/nb201/latency_help.csv");
  check_draws(file, "pixel2_ms", 15.0);
}
