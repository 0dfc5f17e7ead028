#pragma once

#include <vector>

#include "cell_network.h"
#include "wrcor/space/portrait.h"

namespace wrcor {

/// The graph of a cell, for drawings.
/// @param edges       every place of the cell, those without an operation included
/// @param operations  all of the space
CellGraph cell_drawing_graph(const std::vector<CellEdge>& edges, int nodes,
                             const std::vector<CellOperation>& operations);

}  // namespace wrcor
