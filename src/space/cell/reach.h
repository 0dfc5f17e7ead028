#pragma once

#include <vector>

#include "cell_network.h"

namespace wrcor {

/// Nodes of a cell that the input reaches, and nodes that reach the output.
class Reach {
 public:
  /// @param edges  by target
  Reach(const std::vector<CellEdge>& edges, int nodes);

  bool connected() const { return from_input_.back(); }
  /// Whether a path from the input to the output takes the edge, if it has an operation.
  bool uses(const CellEdge& edge) const {
    return from_input_[static_cast<std::size_t>(edge.source)] &&
           to_output_[static_cast<std::size_t>(edge.target)];
  }

 private:
  std::vector<bool> from_input_, to_output_;
};

}  // namespace wrcor
