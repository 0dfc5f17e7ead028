#include "classes.h"

#include <algorithm>
#include <bit>
#include <numeric>
#include <stdexcept>
#include <utility>
#include <vector>

namespace wrcor::nb101 {
namespace {

constexpr int operations_bits = 8;  // 3^5 < 2^8
constexpr int edges_bits = edge_places;

using Mask = std::uint32_t;  ///< edge x -> y is the bit x + y(y-1)/2
using Edges = std::vector<std::pair<int, int>>;
using Order = std::array<int, most_vertices>;  ///< the new number of each vertex

Mask bit_of(int source, int target) { return Mask{1} << (source + target * (target - 1) / 2); }

Code pack(int vertices, Mask mask, Code operations) {
  return static_cast<Code>(vertices) << (edges_bits + operations_bits) | mask << operations_bits |
         operations;
}

Edges edges_of(int vertices, Mask mask) {
  Edges edges;
  for (int target = 1; target < vertices; ++target) {
    for (int source = 0; source < target; ++source) {
      if ((mask & bit_of(source, target)) != 0) edges.emplace_back(source, target);
    }
  }
  return edges;
}

/// Calls `visit(order, mask)` for every order of the interior vertices in which all edges still go
/// from lower to higher numbers, until it returns false.
template <typename Visit>
void for_each_order(int vertices, const Edges& edges, const Visit& visit) {
  Order order{};
  std::iota(order.begin(), order.end(), 0);
  do {
    Mask mask = 0;
    const bool ascends = std::all_of(edges.begin(), edges.end(), [&](const auto& edge) {
      const int source = order[static_cast<std::size_t>(edge.first)];
      const int target = order[static_cast<std::size_t>(edge.second)];
      if (source > target) return false;
      mask |= bit_of(source, target);
      return true;
    });
    if (ascends && !visit(order, mask)) return;
  } while (std::next_permutation(order.begin() + 1, order.begin() + vertices - 1));
}

constexpr Code power_of_three(int exponent) {
  return exponent == 0 ? 1 : 3 * power_of_three(exponent - 1);
}

/// The number to the base 3, where vertex v has moved to order[v].
Code operations_code(int vertices, const std::array<int, most_vertices>& operations,
                     const Order& order) {
  Code code = 0;
  for (int v = 1; v < vertices - 1; ++v) {
    const int place = order[static_cast<std::size_t>(v)];
    code += static_cast<Code>(operations[static_cast<std::size_t>(v)]) *
            power_of_three(vertices - 2 - place);
  }
  return code;
}

std::array<int, most_vertices> operations_of(int vertices, Code code) {
  std::array<int, most_vertices> operations{};
  for (int v = vertices - 2; v > 0; --v, code /= operation_count)
    operations[static_cast<std::size_t>(v)] = static_cast<int>(code % operation_count);
  return operations;
}

/// Whether every vertex but the output has an edge that leaves, every one but the input an edge
/// that arrives: then pruning removes nothing.
bool is_pruned(int vertices, Mask mask) {
  for (int v = 0; v < vertices - 1; ++v) {
    Mask leaving = 0, arriving = 0;
    for (int other = 0; other < vertices; ++other) {
      if (other > v) leaving |= bit_of(v, other);
      if (other <= v) arriving |= bit_of(other, v + 1);
    }
    if ((mask & leaving) == 0 || (mask & arriving) == 0) return false;
  }
  return true;
}

/// Appends the representatives with these vertices and edges, in ascending order: the tuples of
/// operations that no symmetry of the graph makes smaller, if no order of the vertices gives a
/// smaller mask.
void append_classes(int vertices, Mask mask, std::vector<Code>& codes) {
  const Edges edges = edges_of(vertices, mask);
  std::vector<Order> symmetries;
  bool is_smallest = true;
  for_each_order(vertices, edges, [&](const Order& order, Mask reordered) {
    if (reordered == mask) symmetries.push_back(order);
    is_smallest = reordered >= mask;
    return is_smallest;
  });
  if (!is_smallest) return;
  for (Code code = 0; code < power_of_three(vertices - 2); ++code) {
    const auto operations = operations_of(vertices, code);
    const bool smallest = std::all_of(
        symmetries.begin(), symmetries.end(),
        [&](const Order& order) { return operations_code(vertices, operations, order) >= code; });
    if (smallest) codes.push_back(pack(vertices, mask, code));
  }
}

std::vector<Code> enumerate() {
  std::vector<Code> codes;
  codes.reserve(class_count);
  for (int vertices = 2; vertices <= most_vertices; ++vertices) {
    const Mask end = Mask{1} << (vertices * (vertices - 1) / 2);
    for (Mask mask = 0; mask < end; ++mask) {
      if (std::popcount(mask) <= most_edges && is_pruned(vertices, mask))
        append_classes(vertices, mask, codes);
    }
  }
  if (codes.size() != class_count) throw std::logic_error("nb101: wrong number of classes");
  return codes;
}

const std::vector<Code>& all_classes() {
  static const std::vector<Code> codes = enumerate();
  return codes;
}

}  // namespace

Code representative_code(const Cell& cell) {
  Edges edges;
  for (int target = 1; target < cell.vertices; ++target) {
    for (int source = 0; source < target; ++source) {
      if (cell.has_edge(source, target)) edges.emplace_back(source, target);
    }
  }
  Code smallest = UINT32_MAX;
  for_each_order(cell.vertices, edges, [&](const Order& order, Mask mask) {
    smallest = std::min(smallest, pack(cell.vertices, mask,
                                       operations_code(cell.vertices, cell.operations, order)));
    return true;
  });
  return smallest;
}

Cell cell_of(Code code) {
  Cell cell;
  cell.vertices = static_cast<int>(code >> (edges_bits + operations_bits));
  const Mask mask = code >> operations_bits & ((Mask{1} << edges_bits) - 1);
  for (const auto& [source, target] : edges_of(cell.vertices, mask)) cell.set_edge(source, target);
  cell.operations = operations_of(cell.vertices, code & ((Code{1} << operations_bits) - 1));
  return cell;
}

Code class_at(std::uint64_t index) { return all_classes().at(index); }

std::uint64_t index_of(Code representative) {
  const std::vector<Code>& codes = all_classes();
  const auto found = std::lower_bound(codes.begin(), codes.end(), representative);
  return static_cast<std::uint64_t>(found - codes.begin());
}

}  // namespace wrcor::nb101
