// Texts of MobileNetV2-like networks: what is read is written back, and read again as the same
// network; every network that is read has costs.
#include "support/property.h"
#include "wrcor/space/builtin.h"

using namespace wrcor;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto space = make_space({"mbv2", {}}, {{3, 32, 32}, 10});
  fuzz::accepts([&] {
    const Genotype genotype = space->parse(fuzz::text_of(data, size));
    fuzz::require(space->parse(space->format(genotype)) == genotype, "parse(format(x)) == x");
    fuzz::require(space->valid(genotype) == (genotype.size() == space->decisions().size()),
                  "the decisions' choices are valid");
    const Costs costs = space->costs(genotype);
    fuzz::require(costs.params > 0 && costs.flops > 0, "costs are positive");
    for (const NamedCost& cost : space->further_costs(genotype))
      fuzz::require(cost.value > 0, "further costs are positive");
  });
  return 0;
}
