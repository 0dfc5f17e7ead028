#pragma once

// Shared by the files of NAS-Bench-201: its graph, its names, its numbering.

#include <array>
#include <cstdint>
#include <string_view>

#include "wrcor/space/nas_bench_201.h"

namespace wrcor::nb201 {

struct Edge {
  int source;
  int target;
};

inline constexpr int node_count = 4;
inline constexpr std::array<Edge, NasBench201::edge_count> edges = {
    {{0, 1}, {0, 2}, {1, 2}, {0, 3}, {1, 3}, {2, 3}}};
inline constexpr std::array<std::string_view, NasBench201::operation_count> operation_names = {
    "none", "skip_connect", "nor_conv_1x1", "nor_conv_3x3", "avg_pool_3x3"};

inline bool is_convolution(int operation) {
  return operation == NasBench201::nor_conv_1x1 || operation == NasBench201::nor_conv_3x3;
}

/// Whether the genotype has six entries in 0 .. 4.
bool is_cell(const Genotype& genotype);
/// @throws UsageError unless is_cell().
void require_cell(const Genotype& genotype);

/// @param id  lexicographic id below 15,625; not checked
Genotype cell_of(std::uint64_t id);
/// Lexicographic id of a valid cell; not checked.
std::uint64_t id_of(const Genotype& genotype);

}  // namespace wrcor::nb201
