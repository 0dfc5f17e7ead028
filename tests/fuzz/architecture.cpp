// Architecture strings: what is read is written back, and read again as the same cell.
#include "support/property.h"
#include "wrcor/space/nas_bench_201.h"

using namespace wrcor;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const NasBench201 space;
  fuzz::accepts([&] {
    const Genotype genotype = space.parse(fuzz::text_of(data, size));
    fuzz::require(space.valid(genotype), "a cell that was read is valid");
    fuzz::require(space.parse(space.format(genotype)) == genotype, "parse(format(x)) == x");
    fuzz::require(space.at(space.index(genotype)) == genotype, "at(index(x)) == x");
  });
  return 0;
}
