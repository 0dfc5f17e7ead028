#include "core/table.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "core/utf8.h"

namespace wrcor {
namespace {

bool is_number(const std::string& text) {
  char* end = nullptr;
  std::strtod(text.c_str(), &end);
  return end == text.c_str() + text.size();
}

struct Column {
  std::size_t width = 0;
  bool numeric = true;
  bool empty = true;
};

std::vector<Column> measure(const std::vector<std::string>& header,
                            const std::vector<std::vector<std::string>>& rows) {
  std::vector<Column> columns(header.size());
  for (std::size_t k = 0; k < header.size(); ++k) columns[k].width = text_width(header[k]);
  for (const auto& row : rows) {
    if (row.size() > columns.size()) columns.resize(row.size());
    for (std::size_t k = 0; k < row.size(); ++k) {
      columns[k].width = std::max(columns[k].width, text_width(row[k]));
      if (row[k].empty()) continue;
      columns[k].empty = false;
      columns[k].numeric = columns[k].numeric && is_number(row[k]);
    }
  }
  return columns;
}

std::string format_row(const std::vector<Column>& columns, const std::vector<std::string>& cells,
                       int indent) {
  std::string line(static_cast<std::size_t>(indent), ' ');
  for (std::size_t k = 0; k < cells.size(); ++k) {
    const std::string padding(columns[k].width - text_width(cells[k]), ' ');
    const bool right = columns[k].numeric && !columns[k].empty;
    if (k > 0) line += "  ";
    line += right ? padding + cells[k] : cells[k] + padding;
  }
  line.erase(line.find_last_not_of(' ') + 1);
  return line + "\n";
}

/// Cells may quote text from a file.
std::vector<std::string> printable_cells(std::vector<std::string> cells) {
  for (std::string& cell : cells) cell = printable(cell);
  return cells;
}

std::vector<std::vector<std::string>> printable_rows(std::vector<std::vector<std::string>> rows) {
  for (auto& row : rows) row = printable_cells(std::move(row));
  return rows;
}

}  // namespace

std::string format_table(const std::vector<std::string>& given_header,
                         const std::vector<std::vector<std::string>>& given_rows, int indent) {
  const std::vector<std::string> header = printable_cells(given_header);
  const std::vector<std::vector<std::string>> rows = printable_rows(given_rows);
  const std::vector<Column> columns = measure(header, rows);
  std::string text;
  if (!header.empty()) text += format_row(columns, header, indent);
  for (const auto& row : rows) text += format_row(columns, row, indent);
  return text;
}

std::string markdown_table(const std::vector<std::string>& given_header,
                           const std::vector<std::vector<std::string>>& given_rows) {
  const std::vector<std::string> header = printable_cells(given_header);
  const std::vector<std::vector<std::string>> rows = printable_rows(given_rows);
  const auto line = [](const std::vector<std::string>& cells) {
    std::string text = "|";
    for (const std::string& cell : cells) {
      text += ' ';
      for (const char letter : cell) {
        if (letter == '|') text += '\\';
        text += letter;
      }
      text += " |";
    }
    return text + "\n";
  };
  std::string text = line(header) + "|";
  for (const Column& column : measure(header, rows))
    text += column.numeric && !column.empty ? "---:|" : "---|";
  text += "\n";
  for (const auto& row : rows) text += line(row);
  return text;
}

std::string csv_line(const std::vector<std::string>& fields) {
  std::string line;
  for (const std::string& field : fields) {
    if (&field != &fields.front()) line += ',';
    if (field.find_first_of(",\"\r\n") == std::string::npos) {
      line += field;
      continue;
    }
    line += '"';
    for (const char letter : field) {
      if (letter == '"') line += '"';
      line += letter;
    }
    line += '"';
  }
  return line + "\n";
}

std::size_t text_width(const std::string& text) {
  // Counts the bytes that do not continue a code point.
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char byte) {
    return (static_cast<unsigned char>(byte) & 0xC0) != 0x80;
  }));
}

std::string score_text(double value) {
  constexpr double huge = 1e7;
  return fmt::format(fmt::runtime(std::abs(value) < huge ? "{:.4f}" : "{:.4e}"), value);
}

std::string power_text(double log10) {
  const double exponent = std::floor(log10);
  return fmt::format("{:.6f}e{:.0f}", std::pow(10.0, log10 - exponent), exponent);
}

}  // namespace wrcor
