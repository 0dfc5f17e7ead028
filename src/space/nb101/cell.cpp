#include "cell.h"

#include <algorithm>
#include <vector>

namespace wrcor::nb101 {
namespace {

/// The vertices that lie on a path from the input to the output, in order; empty without a path.
std::vector<int> used_vertices(const Cell& cell) {
  std::array<bool, most_vertices> from_input{true}, to_output{};
  to_output[static_cast<std::size_t>(cell.output())] = true;
  const auto reached = [](const auto& flags, int v) { return flags[static_cast<std::size_t>(v)]; };
  for (int target = 1; target < cell.vertices; ++target) {
    for (int source = 0; source < target; ++source) {
      if (cell.has_edge(source, target) && reached(from_input, source))
        from_input[static_cast<std::size_t>(target)] = true;
    }
  }
  if (!reached(from_input, cell.output())) return {};
  for (int source = cell.output() - 1; source >= 0; --source) {
    for (int target = source + 1; target < cell.vertices; ++target) {
      if (cell.has_edge(source, target) && reached(to_output, target))
        to_output[static_cast<std::size_t>(source)] = true;
    }
  }
  std::vector<int> used;
  for (int v = 0; v < cell.vertices; ++v) {
    if (reached(from_input, v) && reached(to_output, v)) used.push_back(v);
  }
  return used;
}

}  // namespace

const std::array<std::string, operation_count> operation_names = {"conv3x3-bn-relu",
                                                                  "conv1x1-bn-relu", "maxpool3x3"};

int Cell::edges() const {
  int count = 0;
  for (const auto& row : matrix)
    count += static_cast<int>(std::count(row.begin(), row.end(), true));
  return count;
}

std::optional<Cell> pruned(const Cell& cell) {
  const std::vector<int> used = used_vertices(cell);
  if (used.empty()) return std::nullopt;
  Cell result;
  result.vertices = static_cast<int>(used.size());
  for (int target = 0; target < result.vertices; ++target) {
    const int old_target = used[static_cast<std::size_t>(target)];
    if (target > 0 && target < result.output())
      result.set_operation(target, cell.operation(old_target));
    for (int source = 0; source < target; ++source)
      result.set_edge(source, target,
                      cell.has_edge(used[static_cast<std::size_t>(source)], old_target));
  }
  return result;
}

Cell frame_of(const Genotype& genotype) {
  Cell cell;
  cell.vertices = most_vertices;
  auto choice = genotype.begin();
  for (int source = 0; source < most_vertices; ++source) {
    for (int target = source + 1; target < most_vertices; ++target)
      cell.set_edge(source, target, *choice++ != 0);
  }
  for (int v = 1; v < cell.output(); ++v) cell.set_operation(v, *choice++);
  return cell;
}

Genotype genotype_of(const Cell& cell) {
  const auto vertex_at = [&](int place) {
    if (place == most_vertices - 1) return cell.output();
    return place < cell.output() ? place : -1;
  };
  Genotype genotype;
  genotype.reserve(edge_places + most_operations);
  for (int source = 0; source < most_vertices; ++source) {
    for (int target = source + 1; target < most_vertices; ++target) {
      const int from = vertex_at(source), to = vertex_at(target);
      genotype.push_back(from >= 0 && to >= 0 && cell.has_edge(from, to) ? 1 : 0);
    }
  }
  for (int place = 1; place < most_vertices - 1; ++place) {
    const int v = vertex_at(place);
    genotype.push_back(v >= 0 ? cell.operation(v) : 0);
  }
  return genotype;
}

}  // namespace wrcor::nb101
