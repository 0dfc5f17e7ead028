#include "search/guided_space.h"

#include <algorithm>
#include <string>

#include "wrcor/core/error.h"

namespace wrcor {

bool GuidedSpace::valid(const Genotype& genotype) const {
  return base().valid(genotype) && accepts_(genotype);
}

Genotype GuidedSpace::sample(Rng& rng) const {
  return given_ < first_.size() ? first_[given_++] : draw(rng, most_draws);
}

Genotype GuidedSpace::mutate(const Genotype& parent, Rng& rng) const {
  for (int mutation = 0; mutation < most_mutations; ++mutation) {
    Genotype child = base().mutate(parent, rng);
    if (accepts_(child)) return child;
  }
  return draw(rng, most_draws - most_mutations, &parent);
}

std::vector<Genotype> GuidedSpace::neighbours(const Genotype& genotype) const {
  std::vector<Genotype> result = base().neighbours(genotype);
  std::erase_if(result, [this](const Genotype& neighbour) { return !accepts_(neighbour); });
  return result;
}

Genotype GuidedSpace::draw(Rng& rng, int draws, const Genotype* excluded) const {
  for (int i = 0; i < draws; ++i) {
    Genotype drawn = base().sample(rng);
    const bool is_excluded = excluded != nullptr && drawn == *excluded;
    if (!is_excluded && accepts_(drawn)) return drawn;
  }
  throw NoFeasibleError("none of " + std::to_string(draws) + " architectures of " + base().name() +
                        " in a row has a score above the limit of the filter");
}

}  // namespace wrcor
