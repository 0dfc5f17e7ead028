#include "wrcor/search/builtin.h"

#include "internal/factories.h"

namespace wrcor {

const Registry<StrategyFactory>& strategies() {
  static const Registry<StrategyFactory> registry = [] {
    Registry<StrategyFactory> all("strategy", "strategies");
    all.add("random", "uniform sampling, with or without replacement", make_random);
    all.add("evolution", "regularised evolution: tournament, one mutation, the oldest dies",
            make_evolution);
    all.add("exhaustive", "one architecture of each class, in order", make_exhaustive);
    return all;
  }();
  return registry;
}

}  // namespace wrcor
