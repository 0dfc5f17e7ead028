#include "variation.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "classes.h"
#include "wrcor/core/error.h"

namespace wrcor::nb101 {
namespace {

/// The first valid genotype that `draw` gives and that is none of `excluded`.
template <typename Draw>
Genotype first_valid(const std::vector<Genotype>& excluded, const Draw& draw) {
  constexpr int most_draws = 100'000;
  for (int k = 0; k < most_draws; ++k) {
    Genotype genotype = draw();
    if (is_valid(genotype) &&
        std::find(excluded.begin(), excluded.end(), genotype) == excluded.end())
      return genotype;
  }
  throw NoFeasibleError("nb101: none of " + std::to_string(most_draws) +
                        " draws was a cell of the space");
}

int other_operation(int operation, Rng& rng) {
  const int other = static_cast<int>(rng.below(operation_count - 1));
  return other < operation ? other : other + 1;
}

bool has_edges(const Cell& cell, int vertex) {
  for (int v = 0; v < cell.vertices; ++v) {
    if (cell.has_edge(v, vertex) || cell.has_edge(vertex, v)) return true;
  }
  return false;
}

Cell flip(const Cell& parent, Rng& rng) {
  Cell child = parent;
  for (int source = 0; source < most_vertices; ++source) {
    for (int target = source + 1; target < most_vertices; ++target) {
      if (rng.below(most_vertices) == 0)
        child.set_edge(source, target, !parent.has_edge(source, target));
    }
  }
  for (int v = 1; v < parent.output(); ++v) {
    if (rng.below(most_operations) == 0)
      child.set_operation(v, other_operation(parent.operation(v), rng));
  }
  return child;
}

}  // namespace

bool is_valid(const Genotype& genotype) {
  const std::optional<Cell> cell = pruned(frame_of(genotype));
  return cell && cell->edges() <= most_edges;
}

Genotype draw_matrix(Rng& rng) {
  return first_valid({}, [&] {
    Genotype genotype;
    for (int k = 0; k < edge_places; ++k) genotype.push_back(rng.coin() ? 1 : 0);
    for (int k = 0; k < most_operations; ++k)
      genotype.push_back(static_cast<int>(rng.below(operation_count)));
    return genotype;
  });
}

Genotype mutate_frame(const Genotype& parent, Rng& rng) {
  Cell start = frame_of(parent);
  for (int v = 1; v < start.output(); ++v) {
    if (!has_edges(start, v)) start.set_operation(v, static_cast<int>(rng.below(operation_count)));
  }
  return first_valid({parent, genotype_of(start)}, [&] { return genotype_of(flip(start, rng)); });
}

Genotype mutate_published(const Genotype& parent, Rng& rng) {
  const Cell start = frame_of(parent);
  int last = start.output() - 1;
  while (last > 0 && !has_edges(start, last)) --last;
  if (last == 0) return mutate_frame(parent, rng);
  const auto own_vertices = static_cast<std::uint64_t>(last) + 2;
  const auto vertex = [&](int k) { return k <= last ? k : start.output(); };
  return first_valid({parent}, [&] {
    Cell child = start;
    const int changed = 1 + static_cast<int>(rng.below(static_cast<std::uint64_t>(last)));
    child.set_operation(changed, other_operation(start.operation(changed), rng));
    int source = 0, target = 0;
    do {
      source = static_cast<int>(rng.below(own_vertices));
      target = static_cast<int>(rng.below(own_vertices));
    } while (source >= target);
    child.set_edge(vertex(source), vertex(target), rng.coin());
    return genotype_of(child);
  });
}

std::vector<Genotype> neighbours_of(const Genotype& genotype) {
  std::vector<Genotype> found;
  std::set<Code> known;
  if (is_valid(genotype)) known.insert(representative_code(*pruned(frame_of(genotype))));
  const auto add = [&](Genotype changed) {
    if (is_valid(changed) && known.insert(representative_code(*pruned(frame_of(changed)))).second)
      found.push_back(std::move(changed));
  };
  for (std::size_t k = 0; k < genotype.size(); ++k) {
    Genotype changed = genotype;
    const int values = k < edge_places ? 2 : operation_count;
    for (changed[k] = 0; changed[k] < values; ++changed[k]) {
      if (changed[k] != genotype[k]) add(changed);
    }
  }
  return found;
}

}  // namespace wrcor::nb101
