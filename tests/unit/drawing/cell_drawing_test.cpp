#include "drawing/cell_drawing.h"

#include <set>
#include <string>

#include "support/catch.h"
#include "wrcor/space/nas_bench_201.h"

using namespace wrcor;

namespace {

CellGraph cell_of(const std::string& arch) {
  const NasBench201 space;
  return *space.portrait(space.parse(arch)).graph;
}

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != text.npos; at = text.find(part, at + 1)) ++found;
  return found;
}

const std::string all_edges =
    "|nor_conv_3x3~0|+|skip_connect~0|nor_conv_3x3~1|+|avg_pool_3x3~0|nor_conv_3x3~1|nor_conv_1x1~"
    "2|";

}  // namespace

TEST_CASE("a cell's graph has an edge for each operation but none", "[drawing]") {
  const CellGraph cell =
      cell_of("|nor_conv_3x3~0|+|none~0|nor_conv_1x1~1|+|none~0|skip_connect~1|none~2|");
  CHECK(cell.nodes.size() == 4);
  REQUIRE(cell.edges.size() == 3);
  CHECK(cell.operation(cell.edges[0]) == "nor_conv_3x3");
  CHECK(cell.edges[0].reachable);
  CHECK(cell.operation(cell.edges[1]) == "nor_conv_1x1");
  CHECK((cell.edges[1].source == 1 && cell.edges[1].target == 2));
  CHECK_FALSE(cell.edges[1].reachable);  // node 2 leads nowhere
  CHECK((cell.edges[2].source == 1 && cell.edges[2].target == 3));
  CHECK(cell.edges[2].reachable);
}

TEST_CASE("a cell as text: links in the row of nodes, brackets below", "[drawing]") {
  CHECK(cell_text(cell_of(all_edges)) ==
        "[in]──nor_conv_3x3──▶[1]──nor_conv_3x3──▶[2]──nor_conv_1x1──▶[out]\n"
        "   │                   │                 ▲                   ▲\n"
        "   ├──────skip_connect─│─────────────────┘                   │\n"
        "   │                   └────────────nor_conv_3x3─────────────┤\n"
        "   └──────────────────────avg_pool_3x3───────────────────────┘\n");
}

TEST_CASE("a cell as text: what changes no output is dashed", "[drawing]") {
  CHECK(cell_text(
            cell_of("|nor_conv_3x3~0|+|none~0|nor_conv_1x1~1|+|skip_connect~0|none~1|none~2|")) ==
        "[in]╌╌nor_conv_3x3╌╌▶[1]╌╌nor_conv_1x1╌╌▶[2]                 [out]\n"
        "   │                                                         ▲\n"
        "   └──────────────────────skip_connect───────────────────────┘\n");
}

TEST_CASE("a cell without any operation is drawn as its nodes", "[drawing]") {
  const CellGraph cell = cell_of("|none~0|+|none~0|none~1|+|none~0|none~1|none~2|");
  CHECK(cell_text(cell) == "[in]     [1]     [2]     [out]\n");
  CHECK(count(cell_svg(cell, "none"), "cell-node") == 4);
  CHECK(count(cell_svg(cell, "none"), "cell-edge") == 0);
  CHECK(count(cell_dot(cell, "none"), "->") == 0);
}

TEST_CASE("no label of any cell hides a line", "[drawing]") {
  const NasBench201 space;
  for (std::uint64_t id = 0; id < NasBench201::cell_count; id += 7) {
    const CellGraph cell = *space.portrait(space.at(id)).graph;
    const std::string text = cell_text(cell);
    std::size_t labels = 0, heads = 0;
    for (const std::string& name : cell.operations) labels += count(text, name);
    heads = count(text, "▶") + count(text, "▲");
    INFO(space.format(space.at(id)) << "\n" << text);
    REQUIRE(labels == cell.edges.size());
    // Brackets that meet one node share its arrowhead.
    std::set<int> met;
    std::size_t links = 0;
    for (const CellGraph::Edge& edge : cell.edges) {
      if (edge.target - edge.source == 1) {
        ++links;
      } else {
        met.insert(edge.target);
      }
    }
    REQUIRE(heads == links + met.size());
  }
}

TEST_CASE("a cell as dot", "[drawing]") {
  const std::string dot = cell_dot(
      cell_of("|nor_conv_3x3~0|+|none~0|nor_conv_1x1~1|+|none~0|skip_connect~1|none~2|"), "a\"b");
  CHECK(dot ==
        "digraph cell {\n"
        "  graph [rankdir=LR, label=\"a\\\"b\"];\n"
        "  node [shape=circle];\n"
        "  0 [label=\"in\"];\n"
        "  1 [label=\"1\"];\n"
        "  2 [label=\"2\"];\n"
        "  3 [label=\"out\"];\n"
        "  0 -> 1 [label=\"nor_conv_3x3\"];\n"
        "  1 -> 2 [label=\"nor_conv_1x1\", style=dashed];\n"
        "  1 -> 3 [label=\"skip_connect\"];\n"
        "}\n");
}

TEST_CASE("a cell as SVG has a title, every node and every edge", "[drawing]") {
  const std::string svg = cell_svg(cell_of(all_edges), "<|a & b|>");
  CHECK(count(svg, "<title>&lt;|a &amp; b|&gt;</title>") == 1);
  CHECK(count(svg, "class=\"cell-node\"") == 4);
  CHECK(count(svg, "class=\"cell-edge\"") == 6);
  CHECK(count(svg, "stroke-dasharray") == 0);
  const std::string dead = cell_svg(
      cell_of("|nor_conv_3x3~0|+|none~0|nor_conv_1x1~1|+|skip_connect~0|none~1|none~2|"), "dead");
  CHECK(count(dead, "stroke-dasharray") == 2);
}

TEST_CASE("a cell whose nodes have the operations: edges without a text", "[drawing]") {
  CellGraph cell;
  cell.nodes = {"in", "1 conv3x3", "2 maxpool3x3", "out"};
  cell.operations = {""};
  cell.edges = {{0, 1}, {0, 2}, {1, 2}, {2, 3}, {0, 3}};
  CHECK(cell_text(cell) ==
        "[in]────▶[1 conv3x3]────▶[2 maxpool3x3]────▶[out]\n"
        "   │                     ▲                  ▲\n"
        "   ├─────────────────────┘                  │\n"
        "   └────────────────────────────────────────┘\n");
  const std::string svg = cell_svg(cell, "cell");
  CHECK(count(svg, "class=\"cell-edge\"") == 5);
  CHECK(count(svg, "class=\"cell-label\"") == 0);
  CHECK(count(svg, "<circle") == 2);
  CHECK(count(svg, "<rect") == 2);
  const std::string dot = cell_dot(cell, "cell");
  CHECK(count(dot, "  0 -> 1;\n") == 1);
  CHECK(count(dot, "shape=box") == 1);
}
