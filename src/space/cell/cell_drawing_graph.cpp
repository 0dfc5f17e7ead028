#include "cell_drawing_graph.h"

#include <algorithm>

#include "reach.h"

namespace wrcor {

CellGraph cell_drawing_graph(const std::vector<CellEdge>& edges, int nodes,
                             const std::vector<CellOperation>& operations) {
  const Reach reach(edges, nodes);
  CellGraph graph;
  for (int node = 0; node < nodes; ++node) {
    graph.nodes.push_back(node == 0 ? "in" : node == nodes - 1 ? "out" : std::to_string(node));
  }
  for (const CellOperation& operation : operations) graph.operations.push_back(operation.name);
  graph.places = static_cast<int>(edges.size());
  for (const CellEdge& edge : edges) {
    if (edge.operation.form == CellOperation::Form::none) continue;
    const auto name =
        std::find(graph.operations.begin(), graph.operations.end(), edge.operation.name);
    graph.edges.push_back({edge.source, edge.target,
                           static_cast<int>(name - graph.operations.begin()), reach.uses(edge)});
  }
  return graph;
}

}  // namespace wrcor
