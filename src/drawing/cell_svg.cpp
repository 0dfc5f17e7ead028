#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <array>

#include "drawing/cell_drawing.h"
#include "internal/svg_text.h"

namespace wrcor {
namespace {

using Edge = CellGraph::Edge;

// In units of the picture, about a pixel each.
constexpr int radius = 20;
constexpr int distance = 150;  ///< between the centres of neighbours
constexpr int margin = 8;
constexpr int arc_height = 52;  ///< for each node that an arc passes by
constexpr int label_height = 16;
constexpr int head = 9;  ///< length of an arrowhead

/// Distinguishable with any colour vision, on white and on black (Okabe and Ito).
constexpr std::array colours = {"#0072b2", "#d55e00", "#009e73", "#e69f00", "#cc79a7", "#56b4e9"};

int nodes_passed(const Edge& edge) { return edge.target - edge.source - 1; }

/// Arcs from one node nest on one side of the row; nodes alternate sides.
bool is_above(const Edge& edge) { return edge.source % 2 == 0; }

class SvgPicture {
 public:
  explicit SvgPicture(const CellGraph& cell) : cell_(cell) {
    int above = 0, below = 0;
    for (const Edge& edge : cell.edges) {
      int& side = is_above(edge) ? above : below;
      side = std::max(side, nodes_passed(edge) * arc_height);
    }
    const int text = above > 0 ? label_height : 0, text_below = below > 0 ? label_height : 0;
    middle_ = margin + radius + above + text;
    height_ = middle_ + radius + below + text_below + margin;
    const int last = static_cast<int>(cell.nodes.size()) - 1;
    width_ = centre(last) + half_width(last) + margin;
  }

  std::string svg(const std::string& title) const {
    std::string text = fmt::format(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {} {}\" role=\"img\" "
        "font-family=\"system-ui, sans-serif\" font-size=\"13\" text-anchor=\"middle\" "
        "style=\"max-width:{}px\">\n<title>{}</title>\n",
        width_, height_, width_, svg_text(title));
    for (const Edge& edge : cell_.edges) text += edge_group(edge);
    for (std::size_t i = 0; i < cell_.nodes.size(); ++i) text += node(static_cast<int>(i));
    return text + "</svg>\n";
  }

 private:
  const std::string& name(int node) const { return cell_.nodes[static_cast<std::size_t>(node)]; }

  /// A short name is in a circle, a longer one in a rectangle with round ends.
  int half_width(int node) const {
    constexpr int letter_width = 8, longest_in_circle = 4;
    const int letters = static_cast<int>(name(node).size());
    return letters <= longest_in_circle ? radius : radius / 2 + letters * letter_width / 2;
  }
  int centre(int node) const { return margin + half_width(0) + distance * node; }

  std::string outline(int node) const {
    constexpr const char* style = "fill=\"none\" stroke=\"currentColor\" stroke-width=\"1.5\"";
    const int half = half_width(node);
    if (half == radius)
      return fmt::format("<circle cx=\"{}\" cy=\"{}\" r=\"{}\" {}/>", centre(node), middle_, radius,
                         style);
    return fmt::format("<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"{}\" {}/>",
                       centre(node) - half, middle_ - radius, 2 * half, 2 * radius, radius, style);
  }

  std::string node(int number) const {
    return fmt::format(
        "<g class=\"cell-node\">{}<text x=\"{}\" y=\"{}\" dy=\".35em\" "
        "fill=\"currentColor\">{}</text></g>\n",
        outline(number), centre(number), middle_, svg_text(name(number)));
  }

  std::string edge_group(const Edge& edge) const {
    return fmt::format("<g class=\"cell-edge\" data-operation=\"{}\">{}{}</g>\n",
                       svg_text(cell_.operation(edge)),
                       nodes_passed(edge) == 0 ? link(edge) : arc(edge), label(edge));
  }

  std::string label(const Edge& edge) const {
    const std::string& operation = cell_.operation(edge);
    if (operation.empty()) return "";
    return fmt::format(
        "<text class=\"cell-label\" fill=\"currentColor\" x=\"{}\" y=\"{}\">{}</text>",
        (centre(edge.source) + centre(edge.target)) / 2, label_baseline(edge), svg_text(operation));
  }

  static const char* colour(const Edge& edge) {
    return colours[static_cast<std::size_t>(edge.operation) % colours.size()];
  }

  static std::string line(const Edge& edge, const std::string& path) {
    return fmt::format("<path d=\"{}\" fill=\"none\" stroke=\"{}\" stroke-width=\"2\"{}/>", path,
                       colour(edge), edge.reachable ? "" : " stroke-dasharray=\"5 4\"");
  }

  /// @param dx, dy  unit vector in which it points
  static std::string arrowhead(const Edge& edge, int x, int y, int dx, int dy) {
    constexpr int half = 5;
    return fmt::format("<path d=\"M{},{} L{},{} L{},{} Z\" fill=\"{}\"/>", x, y,
                       x - head * dx - half * dy, y - head * dy - half * dx,
                       x - head * dx + half * dy, y - head * dy + half * dx, colour(edge));
  }

  std::string link(const Edge& edge) const {
    const int from = centre(edge.source) + half_width(edge.source);
    const int to = centre(edge.target) - half_width(edge.target);
    return line(edge, fmt::format("M{},{} H{}", from, middle_, to - head)) +
           arrowhead(edge, to, middle_, 1, 0);
  }

  /// Leaves and meets its nodes vertically; its top lies three quarters of the way to the two
  /// control points.
  std::string arc(const Edge& edge) const {
    const int up = is_above(edge) ? -1 : 1;
    const int start = middle_ + up * radius, end = start + up * head;
    const int bend = start + up * nodes_passed(edge) * arc_height * 4 / 3;
    const int from = centre(edge.source), to = centre(edge.target);
    return line(edge, fmt::format("M{},{} C{},{} {},{} {},{}", from, start, from, bend, to, bend,
                                  to, end)) +
           arrowhead(edge, to, start, 0, -up);
  }

  int label_baseline(const Edge& edge) const {
    constexpr int off_line = 5;
    if (nodes_passed(edge) == 0) return middle_ - off_line;
    const int top = radius + nodes_passed(edge) * arc_height;
    return is_above(edge) ? middle_ - top - off_line : middle_ + top + label_height - 2;
  }

  const CellGraph& cell_;
  int middle_ = 0;  ///< of the row of nodes, from the top
  int height_ = 0;
  int width_ = 0;
};

}  // namespace

std::string cell_svg(const CellGraph& cell, const std::string& title) {
  return SvgPicture(cell).svg(title);
}

}  // namespace wrcor
