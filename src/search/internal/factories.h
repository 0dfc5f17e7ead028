#pragma once

#include <memory>

#include "wrcor/search/builtin.h"

// Every strategy's factory; each strategy is in the .cpp file of its name.
namespace wrcor {

std::unique_ptr<SearchStrategy> make_random(const SearchSpace& space,
                                            const StrategyOptions& options, Rng rng);
std::unique_ptr<SearchStrategy> make_evolution(const SearchSpace& space,
                                               const StrategyOptions& options, Rng rng);
std::unique_ptr<SearchStrategy> make_exhaustive(const SearchSpace& space,
                                                const StrategyOptions& options, Rng rng);

}  // namespace wrcor
