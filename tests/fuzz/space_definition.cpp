// Definitions of search spaces: what is read, with its defaults, is read again as the same; its
// space, if its networks can take the images, keeps the contract for one architecture.
#include "space/definition.h"
#include "support/property.h"
#include "wrcor/core/error.h"

using namespace wrcor;

namespace {

nlohmann::ordered_json read(const std::string& text) {
  std::vector<std::string> problems;
  nlohmann::ordered_json definition = read_space_definition(text, "input.yaml", problems);
  if (!problems.empty()) throw UsageError(problems);
  return definition;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::accepts([&] {
    const nlohmann::ordered_json definition = read(std::string(fuzz::text_of(data, size)));
    const std::string written = nlohmann::ordered_json{{"space", definition}}.dump();
    const bool read_again =
        fuzz::accepts([&] { fuzz::require(read(written) == definition, "read(write(x)) == x"); });
    fuzz::require(read_again, "what is written is accepted");
    const auto space = make_defined_naming_space(definition);
    Rng rng(1);
    const Genotype genotype = space->sample(rng);
    fuzz::require(space->parse(space->format(genotype)) == genotype, "parse(format(x)) == x");
    const Genotype representative = space->representative(genotype, Dedupe::strict);
    fuzz::require(space->representative(representative, Dedupe::strict) == representative,
                  "a representative stands for itself");
    const NetworkPlan plan = space->plan(genotype);
    fuzz::require(plan.params() == space->costs(genotype).params &&
                      plan.flops() == space->costs(genotype).flops,
                  "costs are the sums over the network");
  });
  return 0;
}
