// Benchmark tables: every row that is read is an architecture of the space with finite figures.
#include "score/benchmark_table.h"
#include "support/property.h"
#include "wrcor/space/nas_bench_201.h"

#include <cmath>

using namespace wrcor;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const NasBench201 space;
  const std::string text(fuzz::text_of(data, size));
  for (const char* key : {"arch", "id", "index", "naslib"}) {
    fuzz::accepts([&] {
      const auto table =
          BenchmarkTable::parse(text, "input.csv", space, BenchmarkKey::parse(key), {"acc"});
      fuzz::require(table.size() > 0 && table.size() <= *space.size(), "each architecture once");
      for (std::size_t row = 0; row < table.size(); ++row) {
        const std::string& arch = table.arch(row);
        fuzz::require(space.format(space.parse(arch)) == arch, "a row is an architecture");
        fuzz::require(table.find(arch) == row, "find(arch(row)) == row");
        const auto& value = table.value(row, "acc");
        fuzz::require(!value || std::isfinite(*value), "figures are finite");
      }
    });
  }
  return 0;
}
