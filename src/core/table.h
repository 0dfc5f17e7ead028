#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace wrcor {

/// Lines of aligned columns, two spaces apart; a column whose cells are all numbers or empty is
/// aligned to the right. Text is UTF-8; rows may differ in length.
/// @param header  empty: no header line
/// @param indent  spaces before each line
std::string format_table(const std::vector<std::string>& header,
                         const std::vector<std::vector<std::string>>& rows, int indent = 0);

/// The same as a table of Markdown (GitHub's); vertical bars in cells are escaped.
std::string markdown_table(const std::vector<std::string>& header,
                           const std::vector<std::vector<std::string>>& rows);

/// Width of a text in columns: its number of code points. @param text  UTF-8
std::size_t text_width(const std::string& text);

/// A score in human-readable form: four digits after the point, or after the first digit if it is
/// huge.
std::string score_text(double value);

/// A number of any size, given by its decadic logarithm, with seven digits: "3.981072e310".
std::string power_text(double log10);

/// One record of a CSV file with its line feed; fields are quoted where RFC 4180 requires it.
std::string csv_line(const std::vector<std::string>& fields);

}  // namespace wrcor
