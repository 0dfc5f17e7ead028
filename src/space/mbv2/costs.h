#pragma once

#include <cstdint>

#include "architecture.h"

namespace wrcor::mbv2 {

struct NetworkCosts {
  std::int64_t params = 0;
  std::int64_t flops = 0;
  /// What the published search limits to 600e6: the FLOPs, those of batch norms and of the
  /// squeeze-excitation's product, and biases of projections. As published, a projection counts at
  /// its output's resolution divided by its stride once more.
  double flops_limit = 0;
  /// "Param size" as published: batch norms of the main path count once a channel, those of the
  /// projections not at all, and the classifier has one bias.
  std::int64_t size_published = 0;
};

/// In closed form, whose time depends on the number of blocks only.
/// @param squeeze  whether mobile blocks have squeeze-excitation
NetworkCosts costs_of(const Architecture& architecture, bool squeeze, int classes);

}  // namespace wrcor::mbv2
