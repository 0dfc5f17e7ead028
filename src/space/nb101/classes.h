#pragma once

#include <cstdint>

#include "cell.h"

// Isomorphic cells are one architecture of the benchmark. Its representative is the first of them
// in the order of vertices, edges and operations that Code has.
namespace wrcor::nb101 {

constexpr std::uint64_t class_count = 423'624;

/// A pruned cell as a number. From the most significant bit: vertices (3 bits); edges (21 bits),
/// x -> y at the bit x + y(y-1)/2; operations, a number to the base 3 with that of vertex 1 first.
using Code = std::uint32_t;

/// Number of the representative: the smallest one of any order of the vertices.
/// @param cell  pruned, with at most most_edges edges
Code representative_code(const Cell& cell);
Cell cell_of(Code code);

/// The representatives' numbers in ascending order, class_count of them. Computed by the first call
/// that needs them, in about 0.1 s.
Code class_at(std::uint64_t index);
/// Inverse of class_at().
std::uint64_t index_of(Code representative);

}  // namespace wrcor::nb101
