#include "reach.h"

namespace wrcor {

// Edges are listed by target, so one sweep each way settles every node.
Reach::Reach(const std::vector<CellEdge>& edges, int nodes)
    : from_input_(static_cast<std::size_t>(nodes)), to_output_(static_cast<std::size_t>(nodes)) {
  const auto passes = [](const CellEdge& edge) {
    return edge.operation.form != CellOperation::Form::none;
  };
  from_input_.front() = true;
  to_output_.back() = true;
  for (const CellEdge& edge : edges) {
    if (passes(edge) && from_input_[static_cast<std::size_t>(edge.source)])
      from_input_[static_cast<std::size_t>(edge.target)] = true;
  }
  for (auto edge = edges.rbegin(); edge != edges.rend(); ++edge) {
    if (passes(*edge) && to_output_[static_cast<std::size_t>(edge->target)])
      to_output_[static_cast<std::size_t>(edge->source)] = true;
  }
}

}  // namespace wrcor
