#include "wrcor/search/builtin.h"

#include <algorithm>

#include "internal/factories.h"

namespace wrcor {

const Registry<StrategyKind>& strategies() {
  static const Registry<StrategyKind> registry = [] {
    Registry<StrategyKind> all("strategy", "strategies");
    all.add("random", "uniform sampling, with or without replacement", random_strategy());
    all.add("evolution", "regularised evolution: tournament, one mutation, the oldest dies",
            evolution_strategy());
    all.add("local", "climbs to the best neighbour from random starts, again and again",
            local_strategy());
    all.add("reinforce", "policy gradient: learns a distribution of each decision",
            reinforce_strategy());
    all.add("nsga2",
            "several objectives (--minimize): the best fronts survive, crossover, mutation",
            nsga2_strategy());
    all.add("exhaustive", "one architecture of each class, in order", exhaustive_strategy());
    return all;
  }();
  return registry;
}

std::vector<std::string> strategies_with(const std::string& option) {
  std::vector<std::string> names;
  for (const auto& strategy : strategies().entries()) {
    const std::vector<StrategyOption>& options = strategy.value.options;
    if (std::ranges::find(options, option, &StrategyOption::name) != options.end())
      names.push_back(strategy.name);
  }
  return names;
}

StrategyOption population_option() {
  return {.name = "population",
          .flag = "--population",
          .negative_flag = "",
          .fallback = std::int64_t{64},
          .summary = "architectures kept",
          .least = 2,
          .most = 1'000'000};
}

}  // namespace wrcor
