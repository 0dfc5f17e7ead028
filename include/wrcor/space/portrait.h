#pragma once

#include <nlohmann/json.hpp>
#include <optional>
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

/// A fact that a space states about an architecture.
struct Fact {
  std::string key;               ///< in JSON and as the head of a column
  std::string label;             ///< in text
  nlohmann::ordered_json value;  ///< a text, a number or a boolean
  bool in_table = false;         ///< also a column where many architectures are listed
};

/// The content of `describe` and the report for one architecture, besides its text, costs and
/// class.
struct Portrait {
  /// The parts of a network that differ from one architecture to another, a row each.
  struct Parts {
    std::vector<std::string> columns;
    std::vector<std::vector<std::string>> rows;
  };

  std::vector<Fact> numbers;       ///< that name the architecture, such as its index
  std::vector<Fact> facts;         ///< everything else
  std::optional<CellGraph> graph;  ///< nothing: the space has no cells
  std::optional<Parts> parts;      ///< nothing: the graph says all
};

}  // namespace wrcor
