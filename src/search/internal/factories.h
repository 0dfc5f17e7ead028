#pragma once

#include "wrcor/search/builtin.h"

// Every strategy; each is in the .cpp file of its name.
namespace wrcor {

StrategyKind random_strategy();
StrategyKind evolution_strategy();
StrategyKind exhaustive_strategy();
StrategyKind local_strategy();
StrategyKind reinforce_strategy();
StrategyKind nsga2_strategy();

/// An option of every strategy that keeps a population.
StrategyOption population_option();

}  // namespace wrcor
