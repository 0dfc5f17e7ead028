#pragma once

#include "cell_definition.h"
#include "wrcor/space/search_space.h"

namespace wrcor {

/// The sums over the network of a cell, without building it.
/// @param genotype  one operation an edge; not checked
Costs cell_costs(const CellDefinition& definition, const NetworkInput& input,
                 const Genotype& genotype);

/// @throws UsageError for a network that is too large to count its costs in 64 bits
void require_countable(const CellDefinition& definition, const NetworkInput& input);

}  // namespace wrcor
