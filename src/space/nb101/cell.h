#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "wrcor/space/search_space.h"

// Cells of NAS-Bench-101: small labelled graphs, and what identifies them.
// Source: Ying et al., arXiv 1902.09635.
namespace wrcor::nb101 {

constexpr int most_vertices = 7;
constexpr int most_edges = 9;  ///< of a pruned cell
constexpr int edge_places = most_vertices * (most_vertices - 1) / 2;
constexpr int most_operations = most_vertices - 2;

/// Labels of the vertices between input and output.
enum Operation : int { conv3x3 = 0, conv1x1 = 1, maxpool3x3 = 2 };
constexpr int operation_count = 3;
extern const std::array<std::string, operation_count> operation_names;

/// A directed acyclic graph: vertex 0 is the input, the last one the output, edges go from lower to
/// higher numbers.
struct Cell {
  int vertices = 2;
  std::array<std::array<bool, most_vertices>, most_vertices> matrix{};  ///< [source][target]
  std::array<int, most_vertices> operations{};  ///< of the vertices 1 .. vertices - 2

  bool has_edge(int source, int target) const {
    return matrix[static_cast<std::size_t>(source)][static_cast<std::size_t>(target)];
  }
  void set_edge(int source, int target, bool present = true) {
    matrix[static_cast<std::size_t>(source)][static_cast<std::size_t>(target)] = present;
  }
  int operation(int vertex) const { return operations[static_cast<std::size_t>(vertex)]; }
  void set_operation(int vertex, int operation) {
    operations[static_cast<std::size_t>(vertex)] = operation;
  }
  int output() const { return vertices - 1; }
  int edges() const;
  bool operator==(const Cell&) const = default;
};

/// The cell without the vertices that are on no path from the input to the output; nothing if there
/// is no such path.
std::optional<Cell> pruned(const Cell& cell);

/// The graph of all seven vertices that a genotype describes, not pruned.
/// @param genotype  one choice of each decision
Cell frame_of(const Genotype& genotype);
/// The inverse of frame_of() for cells of seven vertices. A smaller cell is put into the frame: its
/// interior first, then vertices without edges, whose operation is the first one.
Genotype genotype_of(const Cell& cell);

/// The benchmark's own name of a cell, 32 hexadecimal digits; equal for isomorphic cells.
/// @param cell  pruned
std::string module_hash(const Cell& cell);

}  // namespace wrcor::nb101
