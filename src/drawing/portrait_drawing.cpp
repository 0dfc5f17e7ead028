#include "drawing/portrait_drawing.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>

#include "core/table.h"
#include "drawing/cell_drawing.h"
#include "internal/svg_text.h"

namespace wrcor {
namespace {

constexpr int row_height = 22;
constexpr int letter_width = 8;
constexpr int gap = 24;  // between columns

std::string parts_svg(const Portrait::Parts& parts, const std::string& title) {
  std::vector<std::vector<std::string>> rows{parts.columns};
  rows.insert(rows.end(), parts.rows.begin(), parts.rows.end());
  std::vector<std::size_t> widths(parts.columns.size());
  for (const auto& row : rows) {
    for (std::size_t k = 0; k < row.size(); ++k) widths[k] = std::max(widths[k], row[k].size());
  }
  int total = 0;
  std::vector<int> left;
  for (const std::size_t width : widths) {
    left.push_back(total);
    total += static_cast<int>(width) * letter_width + gap;
  }
  std::string svg = fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {} {}\" role=\"img\" "
      "font-family=\"sans-serif\" font-size=\"13\" fill=\"currentColor\">\n",
      total, (static_cast<int>(rows.size()) + 1) * row_height);
  if (!title.empty()) svg += "<title>" + svg_text(title) + "</title>\n";
  for (std::size_t r = 0; r < rows.size(); ++r) {
    for (std::size_t k = 0; k < rows[r].size(); ++k) {
      svg += fmt::format("<text class=\"cell-label\" x=\"{}\" y=\"{}\"{}>{}</text>\n", left[k],
                         (static_cast<int>(r) + 1) * row_height,
                         r == 0 ? " font-weight=\"bold\"" : "", svg_text(rows[r][k]));
    }
  }
  return svg + "</svg>\n";
}

}  // namespace

std::string portrait_text(const Portrait& portrait) {
  std::string text;
  if (portrait.graph) text += cell_text(*portrait.graph);
  if (portrait.parts) {
    if (!text.empty()) text += "\n";
    text += format_table(portrait.parts->columns, portrait.parts->rows);
  }
  return text;
}

std::string portrait_svg(const Portrait& portrait, const std::string& title) {
  // Where a space has both, its networks differ in the parts.
  if (portrait.parts) return parts_svg(*portrait.parts, title);
  return portrait.graph ? cell_svg(*portrait.graph, title) : "";
}

}  // namespace wrcor
