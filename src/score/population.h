#pragma once

#include <functional>

#include "wrcor/core/registry.h"
#include "wrcor/space/search_space.h"

namespace wrcor {

/// A named set of the architectures of a space. Rank correlations of one score on different
/// populations differ by several hundredths, so a figure belongs to its population.
struct Population {
  /// Whether an architecture is one of them. @throws UsageError where the space cannot tell
  std::function<bool(const SearchSpace&, const Genotype&)> contains;
};

/// All populations by name.
const Registry<Population>& populations();

}  // namespace wrcor
