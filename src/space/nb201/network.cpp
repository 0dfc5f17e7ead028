#include "cell.h"
#include "space/cell/cell_network.h"

namespace wrcor {

NetworkPlan NasBench201::plan(const Genotype& genotype) const {
  nb201::require_cell(genotype);
  std::vector<CellEdge> cell;
  for (std::size_t e = 0; e < edge_count; ++e) {
    cell.push_back({nb201::edges[e].source, nb201::edges[e].target,
                    nas_bench_201_operations()[static_cast<std::size_t>(genotype[e])]});
  }
  CellNetwork network(input().image, macro_.channels);
  for (int stage = 0; stage < 3; ++stage) {
    const int channels = macro_.channels << stage;
    if (stage > 0) network.add_reduction(channels);
    for (int k = 0; k < macro_.cells_per_stage; ++k)
      network.add_cell(cell, nb201::node_count, channels);
  }
  return std::move(network).finish(macro_.classes);
}

}  // namespace wrcor
