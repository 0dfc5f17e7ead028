#pragma once

#include <array>

#include "cell.h"
#include "wrcor/space/search_space.h"

namespace wrcor::nb101 {

/// Sizes of the network that a cell is stacked into. The width of the stem is that of the first
/// stack; it doubles and the images halve from one stack to the next.
struct NetworkSizes {
  int stem_channels = 128;
  int stacks = 3;
  int modules = 3;  ///< cells in each stack
  NetworkInput input{{3, 32, 32}, 10};
};

/// Channels of every vertex of a cell whose output has `channels`; unspecified for the input.
std::array<int, most_vertices> vertex_channels(const Cell& cell, int channels);

/// The network of a pruned cell. Names, units, responses and the distribution of the weights are
/// those of the published implementation.
NetworkPlan network_plan(const Cell& cell, const NetworkSizes& sizes);

/// The sums over network_plan().
Costs network_costs(const Cell& cell, const NetworkSizes& sizes);

/// @throws UsageError for sizes, images and classes that no network can have, and where the costs
///         of some cell would exceed 64 bits
void require_sizes(const NetworkSizes& sizes);

}  // namespace wrcor::nb101
