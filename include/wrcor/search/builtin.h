#pragma once

#include <functional>
#include <memory>

#include "wrcor/core/random.h"
#include "wrcor/core/registry.h"
#include "wrcor/search/strategy.h"

namespace wrcor {

struct StrategyOptions {
  int population = 64;             ///< evolution
  int tournament = 10;             ///< evolution
  bool replacement = false;        ///< random: whether a genotype may be proposed again
  Dedupe dedupe = Dedupe::strict;  ///< exhaustive: one proposal per class
  Preference prefers = fitter;     ///< between two known outcomes
};

using StrategyFactory =
    std::function<std::unique_ptr<SearchStrategy>(const SearchSpace&, const StrategyOptions&, Rng)>;

/// All search strategies by name. The space outlives the strategy.
const Registry<StrategyFactory>& strategies();

}  // namespace wrcor
