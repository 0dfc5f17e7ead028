#pragma once

#include <string>

#include "wrcor/space/portrait.h"

// A cell as a picture. Edges that change no output are dashed.
namespace wrcor {

/// Lines of text for a terminal, in box-drawing characters (UTF-8): the nodes in a row, the edges
/// between neighbours in it, every other edge as a bracket below.
std::string cell_text(const CellGraph& cell);

/// A graph in the language of Graphviz, from left to right.
/// @param title  label of the graph, such as the architecture string
std::string cell_dot(const CellGraph& cell, const std::string& title);

/// A picture as one <svg> element, for use alone or inside a page; it scales to the available
/// space. Nodes and text take the page's text colour (currentColor); an operation has the same
/// colour in every cell of its space. Classes to style by: cell-node, cell-edge, cell-label.
/// @param title  for readers who do not see the picture; browsers show it as a tooltip
std::string cell_svg(const CellGraph& cell, const std::string& title);

}  // namespace wrcor
