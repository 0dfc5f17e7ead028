// Texts of cells of NAS-Bench-101: what is read is pruned, written and read again as the same cell.
#include "space/nb101/nas_bench_101.h"
#include "support/property.h"

using namespace wrcor;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const NasBench101 space(NasBench101::Settings{});
  fuzz::accepts([&] {
    const Genotype genotype = space.parse(fuzz::text_of(data, size));
    fuzz::require(space.valid(genotype), "a cell that was read is valid");
    fuzz::require(space.parse(space.format(genotype)) == genotype, "parse(format(x)) == x");
    const Genotype first = space.representative(genotype, Dedupe::strict);
    fuzz::require(space.at(space.index(genotype)) == first, "at(index(x)) is the representative");
    fuzz::require(space.representative(first, Dedupe::strict) == first, "it represents itself");
    fuzz::require(space.plan(genotype).params() == space.costs(genotype).params,
                  "the plan has the parameters that costs() counts");
  });
  return 0;
}
