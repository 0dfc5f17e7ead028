#pragma once

#include <vector>

#include "cell.h"
#include "wrcor/core/random.h"

// How genotypes are drawn and changed, on the frame of seven vertices. Vertices that are on no path
// stay in the genotype, so that a later change may use them again.
namespace wrcor::nb101 {

/// Whether the pruned cell is connected and has at most most_edges edges.
bool is_valid(const Genotype& genotype);

/// Every edge with probability 1/2 and uniform operations, drawn again until it is valid.
/// Source: Ying et al., arXiv 1902.09635.
Genotype draw_matrix(Rng& rng);

/// Flips each edge with probability 1/7 and replaces each operation with probability 1/5, until the
/// child is valid and differs. Vertices without edges get random operations first.
/// Source: Ying et al., arXiv 1902.09635.
Genotype mutate_frame(const Genotype& parent, Rng& rng);

/// Replaces one operation and sets one edge to a random value, until the child is valid. The
/// interior vertices that may get edges are those up to the last one that has any, so a cell never
/// grows; without any, this is mutate_frame(), where the published code fails. Source:
/// github.com/kunjing96/ZSNAS-WRCor.
Genotype mutate_published(const Genotype& parent, Rng& rng);

/// All valid genotypes with one other edge or operation, edges first, without those that are
/// isomorphic to the genotype or to one before them.
std::vector<Genotype> neighbours_of(const Genotype& genotype);

}  // namespace wrcor::nb101
