#pragma once

// Shared by the files of NAS-Bench-201.

#include <array>

#include "space/cell/cell_space.h"
#include "wrcor/space/nas_bench_201.h"

namespace wrcor::nb201 {

struct Edge {
  int source;
  int target;
};

inline constexpr int node_count = 4;
inline constexpr std::array<Edge, NasBench201::edge_count> edges = {
    {{0, 1}, {0, 2}, {1, 2}, {0, 3}, {1, 3}, {2, 3}}};

/// The cells, whatever the network: their graph, their names, their numbering.
const CellSpace& cells();

inline bool has_weights(int operation) {
  return nas_bench_201_operations()[static_cast<std::size_t>(operation)].has_weights();
}

}  // namespace wrcor::nb201
