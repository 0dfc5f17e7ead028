#include <algorithm>
#include <string>
#include <vector>

#include "cell.h"
#include "core/hash.h"

namespace wrcor::nb101 {
namespace {

int label(const Cell& cell, int vertex) {
  constexpr int of_input = -1, of_output = -2;
  if (vertex == 0) return of_input;
  return vertex == cell.output() ? of_output : cell.operation(vertex);
}

std::vector<int> sources(const Cell& cell, int vertex) {
  std::vector<int> found;
  for (int v = 0; v < vertex; ++v) {
    if (cell.has_edge(v, vertex)) found.push_back(v);
  }
  return found;
}

std::vector<int> targets(const Cell& cell, int vertex) {
  std::vector<int> found;
  for (int v = vertex + 1; v < cell.vertices; ++v) {
    if (cell.has_edge(vertex, v)) found.push_back(v);
  }
  return found;
}

std::string joined(const std::vector<std::string>& digests, const std::vector<int>& vertices) {
  std::vector<std::string> chosen;
  for (const int v : vertices) chosen.push_back(digests[static_cast<std::size_t>(v)]);
  std::sort(chosen.begin(), chosen.end());
  std::string text;
  for (const std::string& digest : chosen) text += digest;
  return text;
}

}  // namespace

// The texts are those that the benchmark's Python code happens to hash.
std::string module_hash(const Cell& cell) {
  std::vector<std::string> digests;
  for (int v = 0; v < cell.vertices; ++v) {
    digests.push_back(md5_hex("(" + std::to_string(targets(cell, v).size()) + ", " +
                              std::to_string(sources(cell, v).size()) + ", " +
                              std::to_string(label(cell, v)) + ")"));
  }
  for (int round = 0; round < cell.vertices; ++round) {
    std::vector<std::string> next;
    for (int v = 0; v < cell.vertices; ++v) {
      next.push_back(md5_hex(joined(digests, sources(cell, v)) + "|" +
                             joined(digests, targets(cell, v)) + "|" +
                             digests[static_cast<std::size_t>(v)]));
    }
    digests = std::move(next);
  }
  std::sort(digests.begin(), digests.end());
  std::string list;
  for (const std::string& digest : digests)
    list.append(list.empty() ? "['" : "', '").append(digest);
  return md5_hex(list + "']");
}

}  // namespace wrcor::nb101
