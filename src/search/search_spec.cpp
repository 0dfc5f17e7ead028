#include "wrcor/search/search_spec.h"

#include <algorithm>

namespace wrcor {

std::unique_ptr<SearchStrategy> SearchSpec::make_strategy(const SearchSpace& space,
                                                          const Preference& prefers,
                                                          const CurrentFitness& fitness) const {
  StrategyOptions its_options = options;
  its_options.prefers = prefers;
  its_options.fitness = fitness;
  return strategies().find(strategy).value.make(space, its_options, Rng(seed));
}

std::int64_t SearchSpec::most_proposals(const std::optional<std::uint64_t>& all) const {
  constexpr std::int64_t default_budget = 1000;
  if (!all) return budget.value_or(default_budget);
  const auto most = static_cast<std::int64_t>(*all);
  return std::min(budget.value_or(most), most);
}

}  // namespace wrcor
