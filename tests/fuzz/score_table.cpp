// Score files (JSON lines, CSV, result.json): what is read are finite scores of architectures.
#include "record/score_reading.h"

#include <cmath>

#include "support/property.h"
#include "wrcor/space/nas_bench_201.h"

using namespace wrcor;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const NasBench201 space;
  fuzz::accepts([&] {
    ScoreTable table(space);
    read_scores(fuzz::text_of(data, size), "input", table);
    for (const std::string& arch : table.archs()) {
      fuzz::require(space.format(space.parse(arch)) == arch, "a row is an architecture");
      for (const std::string& name : table.names()) {
        const ScoreTable::Entry* entry = table.find(arch, name);
        fuzz::require(entry == nullptr || !entry->value || std::isfinite(*entry->value),
                      "scores are finite");
      }
    }
  });
  return 0;
}
