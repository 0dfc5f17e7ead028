#pragma once

#include "cell_definition.h"

namespace wrcor {

/// The member that stands for the strict class of a cell: the first that a search finds among the
/// cells that consist of the same atoms (strict_key.h). The search uses only the atoms, so it finds
/// the same cell for every member, and no table of all cells is needed.
///
/// A cell of more than 7 atoms stands for itself, and so does, in large spaces, one of a class for
/// which the search takes too many steps. Then equal networks may count as different, but never
/// different networks as equal.
///
/// @param effective  a cell in which a path from the input to the output takes every edge
Genotype canonical_cell(const CellDefinition& definition, const Genotype& effective);

}  // namespace wrcor
