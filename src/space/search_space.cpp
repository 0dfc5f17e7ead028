#include "wrcor/space/search_space.h"

#include <algorithm>
#include <string>

#include "wrcor/core/error.h"
#include "wrcor/core/registry.h"

namespace wrcor {
namespace {

/// Successive invalid draws after which a space counts as empty.
constexpr int most_draws = 100'000;

std::uint64_t cardinality(const Decision& decision) { return decision.values.size(); }

bool has_choices(const std::vector<Decision>& decisions, const Genotype& genotype) {
  if (genotype.size() != decisions.size()) return false;
  for (std::size_t d = 0; d < decisions.size(); ++d) {
    if (genotype[d] < 0 || static_cast<std::uint64_t>(genotype[d]) >= cardinality(decisions[d]))
      return false;
  }
  return true;
}

/// The first valid genotype that `draw` gives.
template <typename Draw>
Genotype first_valid(const SearchSpace& space, const Draw& draw) {
  for (int k = 0; k < most_draws; ++k) {
    Genotype genotype = draw();
    if (space.valid(genotype)) return genotype;
  }
  throw NoFeasibleError(space.name() + ": none of " + std::to_string(most_draws) +
                        " draws was an architecture of the space");
}

[[noreturn]] void refuse_numbers(const SearchSpace& space) {
  throw UsageError("the architectures of " + in_quotes(space.name()) +
                   " have no numbers; name them by their texts");
}

}  // namespace

void SearchSpace::require_choices(const Genotype& genotype) const {
  if (has_choices(decisions(), genotype)) return;
  constexpr std::size_t most_shown = 8;
  std::string given;
  for (std::size_t k = 0; k < std::min(genotype.size(), most_shown); ++k)
    given += (k == 0 ? "" : ", ") + std::to_string(genotype[k]);
  if (genotype.size() > most_shown) given += ", ...";
  throw UsageError("not a genotype of " + name() + ": expected one choice of each of " +
                   std::to_string(decisions().size()) + " decisions, got " +
                   std::to_string(genotype.size()) + ": [" + given + "]");
}

Genotype SearchSpace::at(std::uint64_t /*index*/) const { refuse_numbers(*this); }
std::uint64_t SearchSpace::index(const Genotype& /*genotype*/) const { refuse_numbers(*this); }

bool SearchSpace::valid(const Genotype& genotype) const {
  return has_choices(decisions(), genotype);
}

Genotype SearchSpace::sample(Rng& rng) const {
  return first_valid(*this, [&] {
    Genotype genotype;
    genotype.reserve(decisions().size());
    for (const Decision& decision : decisions())
      genotype.push_back(static_cast<int>(rng.below(cardinality(decision))));
    return genotype;
  });
}

Genotype SearchSpace::mutate(const Genotype& parent, Rng& rng) const {
  require_choices(parent);
  return first_valid(*this, [&] {
    Genotype child = parent;
    const std::uint64_t d = rng.below(child.size());
    const std::uint64_t values = cardinality(decisions()[d]);
    if (values < 2) return Genotype();  // nothing to change: drawn again
    const int other = static_cast<int>(rng.below(values - 1));
    child[d] = other < parent[d] ? other : other + 1;
    return child;
  });
}

std::vector<Genotype> SearchSpace::neighbours(const Genotype& genotype) const {
  require_choices(genotype);
  std::vector<Genotype> result;
  Genotype neighbour = genotype;
  for (std::size_t d = 0; d < genotype.size(); ++d) {
    for (int value = 0; value < static_cast<int>(cardinality(decisions()[d])); ++value) {
      if (value == genotype[d]) continue;
      neighbour[d] = value;
      if (valid(neighbour)) result.push_back(neighbour);
    }
    neighbour[d] = genotype[d];
  }
  return result;
}

Costs SearchSpace::costs(const Genotype& genotype) const {
  const NetworkPlan network = plan(genotype);
  return {.params = network.params(), .flops = network.flops()};
}

}  // namespace wrcor
