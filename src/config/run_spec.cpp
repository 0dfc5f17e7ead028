#include "wrcor/config/run_spec.h"

#include "wrcor/core/seeds.h"

namespace wrcor {

SearchSpec search_spec(const Config& config) {
  const Config::Search& search = config.search;
  const Config::Constraints& limits = config.constraints;
  return {.strategy = search.strategy,
          .options = {search.population, search.tournament, search.replacement, search.dedupe},
          .limits = {limits.min_params, limits.max_params, limits.max_flops},
          .budget = search.budget,
          .window = search.window,
          .seed = seeds_of(config.run.seed).search};
}

}  // namespace wrcor
