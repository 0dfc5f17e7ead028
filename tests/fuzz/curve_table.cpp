// Tables of learning curves: every figure that is read is finite, and those of unknown epochs are
// none.
#include "score/curve_table.h"
#include "support/property.h"
#include "wrcor/space/nas_bench_201.h"

#include <cmath>

using namespace wrcor;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const NasBench201 space;
  const std::string text(fuzz::text_of(data, size));
  for (const CurveSelection& selection :
       {CurveSelection{{}, {"acc"}}, CurveSelection{{{"hp", "200"}}, {"acc"}}}) {
    fuzz::accepts([&] {
      const auto table =
          CurveTable::parse(text, "input.csv", space, BenchmarkKey::parse("index"), selection);
      fuzz::require(table.size() > 0 && table.size() <= *space.size(), "each architecture once");
      for (std::uint64_t number = 0; number < 32; ++number) {
        const std::string arch = space.format(*space.at_official(number));
        for (int epochs = 0; epochs < 8; ++epochs) {
          const auto value = table.value(arch, "acc", epochs);
          fuzz::require(!value || std::isfinite(*value), "figures are finite");
          fuzz::require(epochs > 0 || !value, "no figure without training");
        }
      }
    });
  }
  return 0;
}
