#pragma once

#include <string>
#include <string_view>

#include "cell.h"

// Texts of cells: "BITS/OPS". BITS is the matrix row by row, OPS the names of the interior
// vertices. "010001000/conv3x3-bn-relu" is a convolution between input and output, "0100/" nothing.
namespace wrcor::nb101 {

/// Reads a text and prunes the cell. OPS may also be written as in the benchmark's tables: joined
/// by ';', with "input" first and "output" last.
/// @throws UsageError with the byte offset, what was found and what was expected
Cell parse_cell(std::string_view text);

/// @param cell  pruned
std::string format_cell(const Cell& cell);

}  // namespace wrcor::nb101
