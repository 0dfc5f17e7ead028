#include "score/population.h"

#include <algorithm>

#include "wrcor/core/error.h"

namespace wrcor {
namespace {

/// Whether every operation of the cell is on a path from its input to its output. The cell without
/// any operation counts. Of nas-bench-201, 9,445 cells are like that: those that
/// NAS-Bench-Suite-Zero has scores of.
bool has_no_dead_branch(const SearchSpace& space, const Genotype& genotype) {
  const Portrait portrait = space.portrait(genotype);
  if (!portrait.graph)
    throw UsageError("the space '" + space.name() + "' has no cells, and so no dead branches");
  return std::ranges::all_of(portrait.graph->edges, &CellGraph::Edge::reachable);
}

}  // namespace

const Registry<Population>& populations() {
  static const Registry<Population> registry = [] {
    Registry<Population> all("population", "populations");
    all.add("all", "every architecture",
            {[](const SearchSpace&, const Genotype&) { return true; }});
    all.add("live", "cells without dead branches, of nb201 9,445 of 15,625", {has_no_dead_branch});
    return all;
  }();
  return registry;
}

}  // namespace wrcor
