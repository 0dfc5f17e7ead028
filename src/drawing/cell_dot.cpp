#include <spdlog/fmt/fmt.h>

#include "drawing/cell_drawing.h"

namespace wrcor {
namespace {

/// A string of the language: quotes and backslashes are escaped by a backslash.
std::string quoted(const std::string& text) {
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') result += '\\';
    result += c;
  }
  return result + "\"";
}

}  // namespace

std::string cell_dot(const CellGraph& cell, const std::string& title) {
  std::string text = fmt::format(
      "digraph cell {{\n  graph [rankdir=LR, label={}];\n  node [shape=circle];\n", quoted(title));
  for (std::size_t i = 0; i < cell.nodes.size(); ++i)
    text += fmt::format("  {} [label={}];\n", i, quoted(cell.nodes[i]));
  for (const CellGraph::Edge& edge : cell.edges) {
    text += fmt::format("  {} -> {} [label={}{}];\n", edge.source, edge.target,
                        quoted(cell.operation(edge)), edge.reachable ? "" : ", style=dashed");
  }
  return text + "}\n";
}

}  // namespace wrcor
