#pragma once

#include <vector>

#include "architecture.h"
#include "wrcor/core/random.h"
#include "wrcor/space/search_space.h"

// The 39 decisions of the MobileNetV2-like space, and architectures as genotypes.
//
// A genotype of the space has 39 choices. An architecture that the grammar allows but the space
// does not have is a genotype, too: its resolution, then six numbers a block (expansion, kernel,
// output channels, stride, bottleneck, layers). Such a genotype has 1 + 6 n numbers, which is never
// 39. Each architecture that is read has one genotype.
namespace wrcor::mbv2 {

constexpr int block_count = 9;
constexpr int mobile_count = 7;  ///< blocks 1 .. 7; block 0 is the stem, block 8 the last layer

/// Positions of the decisions; those of mobile blocks hold for block 1 and count on from there.
constexpr int channels_at = 0;  ///< of the output of block 0, then of the others
constexpr int bottleneck_at = channels_at + block_count;
constexpr int layers_at = bottleneck_at + mobile_count;
constexpr int expansion_at = layers_at + mobile_count;
constexpr int kernel_at = expansion_at + mobile_count;
constexpr int strides_at = kernel_at + mobile_count;
constexpr int resolution_at = strides_at + 1;
constexpr int decision_count = resolution_at + 1;

const std::vector<Decision>& decisions();

/// A choice of the decision as the published search draws it: widths and the resolution are uniform
/// integers that are then rounded to a multiple of 8 or 32, everything else is uniform.
int draw_choice(int decision, Rng& rng);

/// Whether the genotype has choices of the 39 decisions, not a general architecture.
inline bool has_decisions(const Genotype& genotype) {
  return genotype.size() == static_cast<std::size_t>(decision_count);
}

/// The genotype of the space's decisions if it has the architecture, else the general one.
Genotype genotype_of(const Architecture& architecture);
/// @param genotype  with valid choices if it has_decisions(); general ones are checked here
/// @throws UsageError for a general genotype that does not describe an architecture
Architecture architecture_of(const Genotype& genotype);

}  // namespace wrcor::mbv2
