#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "drawing/cell_drawing.h"

namespace wrcor {
namespace {

using Edge = CellGraph::Edge;

/// The lines and text in one character cell of the picture.
struct Glyph {
  enum Line : std::uint8_t { no_line, dashed, solid };
  Line across = no_line;
  Line along = no_line;  ///< up and down
  bool corner = false;   ///< the end of a bracket on the line that leads to its node
  bool goes_right = false;
  bool goes_down = false;
  char32_t text = 0;  ///< covers all lines

  char32_t shown() const {
    if (text != 0) return text;
    if (corner && goes_down) return goes_right ? U'├' : U'┤';
    if (corner) return goes_right ? U'└' : U'┘';
    if (along != no_line) return along == solid ? U'│' : U'╎';
    if (across != no_line) return across == solid ? U'─' : U'╌';
    return U' ';
  }
};

std::string utf8(const std::u32string& line) {
  std::string bytes;
  const auto tail = [&](char32_t bits) { bytes += static_cast<char>(0x80U | (bits & 0x3FU)); };
  for (const char32_t c : line) {  // at most three bytes each
    if (c < 0x80) {
      bytes += static_cast<char>(c);
    } else {
      bytes += static_cast<char>(0xE0U | (c >> 12U));
      tail(c >> 6U);
      tail(c);
    }
  }
  return bytes;
}

class TextPicture {
 public:
  explicit TextPicture(const CellGraph& cell) : cell_(cell) {
    for (const Edge& edge : cell.edges) {
      if (edge.target - edge.source > 1) brackets_.push_back(edge);
    }
    std::stable_sort(brackets_.begin(), brackets_.end(), [](const Edge& a, const Edge& b) {
      return a.target - a.source < b.target - b.source;
    });
    place_nodes();
    rows_.assign(first_bracket + brackets_.size(), std::vector<Glyph>(width_));
  }

  std::string text() {
    draw_nodes();
    for (const Edge& edge : cell_.edges) {
      if (edge.target - edge.source == 1) draw_link(edge);
    }
    for (std::size_t i = 0; i < brackets_.size(); ++i)
      draw_bracket(brackets_[i], first_bracket + i);
    // Labels come last, because they must not hide what is already drawn.
    for (std::size_t i = 0; i < brackets_.size(); ++i) draw_label(brackets_[i], first_bracket + i);
    std::string lines;
    for (const auto& row : rows_) {
      std::u32string line;
      for (const Glyph& glyph : row) line += glyph.shown();
      line.erase(line.find_last_not_of(U' ') + 1);
      if (!line.empty()) lines += utf8(line) + "\n";
    }
    return lines;
  }

 private:
  static constexpr std::size_t first_bracket = 2;  ///< below the nodes and the arrowheads

  struct Place {
    std::size_t first = 0;  ///< column where edges from below come in
    std::size_t last = 0;   ///< column where edges to below go out
  };

  /// The distance fits the longest operation, on a link or below.
  void place_nodes() {
    constexpr std::size_t line_and_head = 5;
    std::size_t gap = 0;
    for (const Edge& edge : cell_.edges) gap = std::max(gap, cell_.operation(edge).size());
    for (const std::string& name : cell_.nodes) {
      if (!places_.empty()) width_ += gap + line_and_head;
      places_.push_back({width_, width_ + name.size() + 1});
      width_ += name.size() + 2;
    }
  }

  void write(std::size_t row, std::size_t column, std::u32string_view text) {
    for (const char32_t c : text) rows_[row][column++].text = c;
  }
  void write(std::size_t row, std::size_t column, const std::string& text) {
    write(row, column, std::u32string(text.begin(), text.end()));
  }

  void draw_nodes() {
    for (std::size_t i = 0; i < places_.size(); ++i)
      write(0, places_[i].first, "[" + cell_.nodes[i] + "]");
  }

  const Place& source_of(const Edge& edge) const {
    return places_[static_cast<std::size_t>(edge.source)];
  }
  const Place& target_of(const Edge& edge) const {
    return places_[static_cast<std::size_t>(edge.target)];
  }

  void draw_across(const Edge& edge, std::size_t row, std::size_t from, std::size_t to) {
    for (std::size_t column = from; column < to; ++column)
      rows_[row][column].across = edge.reachable ? Glyph::solid : Glyph::dashed;
  }

  void draw_link(const Edge& edge) {
    const std::size_t from = source_of(edge).last + 1, to = target_of(edge).first;
    draw_across(edge, 0, from, to);
    write(0, to - 1, U"▶");
    const std::string& operation = cell_.operation(edge);
    write(0, from + (to - 1 - from - operation.size()) / 2, operation);
  }

  /// The line between a node and a bracket's end in `row`.
  void draw_along(const Edge& edge, std::size_t column, std::size_t row, bool goes_right) {
    for (std::size_t y = 1; y < row; ++y) {
      Glyph& glyph = rows_[y][column];
      glyph.along = std::max(glyph.along, edge.reachable ? Glyph::solid : Glyph::dashed);
      glyph.goes_down = true;
    }
    rows_[row][column].corner = true;
    rows_[row][column].goes_right = goes_right;
  }

  void draw_bracket(const Edge& edge, std::size_t row) {
    const std::size_t from = source_of(edge).last, to = target_of(edge).first;
    draw_along(edge, from, row, true);
    draw_along(edge, to, row, false);
    write(1, to, U"▲");
    draw_across(edge, row, from + 1, to);
  }

  /// Whether a text of this length neither hides nor touches a line that crosses the row.
  bool is_free(std::size_t row, std::size_t column, std::size_t length) const {
    const auto first = rows_[row].begin() + static_cast<std::ptrdiff_t>(column) - 1;
    return std::none_of(first, first + static_cast<std::ptrdiff_t>(length) + 2,
                        [](const Glyph& glyph) { return glyph.along != Glyph::no_line; });
  }

  /// At the free place nearest to the middle of the bracket.
  void draw_label(const Edge& edge, std::size_t row) {
    const std::string& operation = cell_.operation(edge);
    const std::size_t from = source_of(edge).last + 1, to = target_of(edge).first;
    const std::size_t middle = from + (to - from - operation.size()) / 2;
    std::size_t place = middle;
    for (std::size_t off = 0; off < to - from; ++off) {
      if (middle > from + off && is_free(row, middle - off, operation.size())) {
        place = middle - off;
        break;
      }
      if (middle + off + operation.size() < to && is_free(row, middle + off, operation.size())) {
        place = middle + off;
        break;
      }
    }
    write(row, place, operation);
  }

  const CellGraph& cell_;
  std::vector<Edge> brackets_;  ///< edges that skip a node, short ones first
  std::vector<Place> places_;   ///< of the nodes
  std::size_t width_ = 0;
  std::vector<std::vector<Glyph>> rows_;
};

}  // namespace

std::string cell_text(const CellGraph& cell) { return TextPicture(cell).text(); }

}  // namespace wrcor
