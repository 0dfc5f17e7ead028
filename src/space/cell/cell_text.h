#pragma once

#include <string>
#include <string_view>

#include "cell_definition.h"

namespace wrcor {

/// Reads "|op~0|+|op~0|op~1|+...": a group of terms for each node but the input, a term for each
/// edge into the node, with its source. White space around the text is ignored.
/// @throws UsageError with the byte offset, what was found and what was expected
Genotype parse_cell(const CellDefinition& definition, std::string_view text);

/// @param genotype  one operation an edge; not checked
std::string format_cell(const CellDefinition& definition, const Genotype& genotype);

/// The text in quotes, fit for a one-line message: at most about 40 characters, other bytes than
/// printable ASCII in hexadecimal.
std::string quoted_bytes(std::string_view text);

}  // namespace wrcor
