#pragma once

#include <string>
#include <vector>

#include "cell_network.h"
#include "cell_operation.h"
#include "wrcor/space/search_space.h"

namespace wrcor {

/// A space of cells as its author writes it: every cell has the same nodes, and one of the
/// operations on each edge from a node to a later one; its network repeats the cell in stages.
struct CellDefinition {
  static constexpr int least_nodes = 2;
  static constexpr int most_nodes = 8;

  std::string name;
  int nodes = 4;  ///< 0 is the input, the last one the output
  std::vector<CellOperation> operations = nas_bench_201_operations();  ///< different, 2 or more
  int stages = 3;  ///< 1 to 12; a reduction is between two stages
  int cells_per_stage = 5;
  int channels = 16;  ///< of the first stage; doubled at each reduction

  /// Edges of a cell, and entries of a genotype: by target, then by source.
  std::size_t edge_count() const { return static_cast<std::size_t>(nodes * (nodes - 1) / 2); }
  /// Every edge of a cell with its operation.
  /// @param genotype  one operation an edge; not checked
  std::vector<CellEdge> edges(const Genotype& genotype) const;
  /// The cell without the operations of edges that no path from the input to the output takes.
  /// @param genotype  one operation an edge; not checked
  Genotype effective(const Genotype& genotype) const;
};

}  // namespace wrcor
