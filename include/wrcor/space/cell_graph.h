#pragma once

#include <string>
#include <vector>

namespace wrcor {

/// The cell that an architecture repeats, as a human-readable graph: nodes are tensors, edges are
/// operations between them.
struct CellGraph {
  struct Edge {
    int source = 0;
    int target = 0;     ///< greater than the source
    int operation = 0;  ///< position in `operations`
    /// Whether a path from the input to the output takes the edge: if not, it changes no output.
    bool reachable = true;
  };

  /// Names, the input first, the output last. Where the operations are those of the nodes, a name
  /// says which: "1 conv3x3".
  std::vector<std::string> nodes;
  /// Names of all operations of the space, in its order; "": edges that only pass their source on.
  std::vector<std::string> operations;
  std::vector<Edge> edges;  ///< those with an operation: what passes nothing on is no edge
  int places = 0;           ///< where a cell of the space may have an edge

  const std::string& operation(const Edge& edge) const {
    return operations[static_cast<std::size_t>(edge.operation)];
  }
};

}  // namespace wrcor
