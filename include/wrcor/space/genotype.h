#pragma once

#include <vector>

namespace wrcor {

/// One choice per decision of a search space; the k-th lies in [0, cardinality of decision k).
using Genotype = std::vector<int>;

}  // namespace wrcor
