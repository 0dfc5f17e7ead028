#pragma once

#include "cell_definition.h"

namespace wrcor {

/// The member that stands for the strict class of a cell: of the cells that consist of the same
/// atoms (strict_key.h), the first that a search finds which knows nothing but the atoms. So it is
/// the same for every member, and no table of all cells is needed.
///
/// A cell of more than 7 atoms stands for itself, and so does, in large spaces, one of a class for
/// which the search takes too many steps: then equal networks may count as different, never the
/// other way round.
///
/// @param effective  a cell in which a path from the input to the output takes every edge
Genotype canonical_cell(const CellDefinition& definition, const Genotype& effective);

}  // namespace wrcor
