#include <spdlog/fmt/fmt.h>

#include <algorithm>

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
  constexpr std::size_t longest_in_circle = 4;
  const bool long_names =
      std::any_of(cell.nodes.begin(), cell.nodes.end(),
                  [](const std::string& name) { return name.size() > longest_in_circle; });
  std::string text =
      fmt::format("digraph cell {{\n  graph [rankdir=LR, label={}];\n  node [{}];\n", quoted(title),
                  long_names ? "shape=box, style=rounded" : "shape=circle");
  for (std::size_t i = 0; i < cell.nodes.size(); ++i)
    text += fmt::format("  {} [label={}];\n", i, quoted(cell.nodes[i]));
  for (const CellGraph::Edge& edge : cell.edges) {
    std::string style = cell.operation(edge).empty() ? "" : "label=" + quoted(cell.operation(edge));
    if (!edge.reachable) style += style.empty() ? "style=dashed" : ", style=dashed";
    text += fmt::format("  {} -> {}{};\n", edge.source, edge.target,
                        style.empty() ? "" : " [" + style + "]");
  }
  return text + "}\n";
}

}  // namespace wrcor
