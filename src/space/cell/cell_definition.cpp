#include "cell_definition.h"

#include <algorithm>

#include "reach.h"

namespace wrcor {

std::vector<CellEdge> CellDefinition::edges(const Genotype& genotype) const {
  std::vector<CellEdge> cell;
  cell.reserve(edge_count());
  for (int target = 1; target < nodes; ++target) {
    for (int source = 0; source < target; ++source) {
      const auto operation = static_cast<std::size_t>(genotype[cell.size()]);
      cell.push_back({source, target, operations[operation]});
    }
  }
  return cell;
}

Genotype CellDefinition::effective(const Genotype& genotype) const {
  const auto none = std::ranges::find(operations, CellOperation::Form::none, &CellOperation::form);
  if (none == operations.end()) return genotype;  // a path takes every edge
  const std::vector<CellEdge> cell = edges(genotype);
  const Reach reach(cell, nodes);
  Genotype effective = genotype;
  for (std::size_t e = 0; e < cell.size(); ++e) {
    if (!reach.uses(cell[e])) effective[e] = static_cast<int>(none - operations.begin());
  }
  return effective;
}

}  // namespace wrcor
