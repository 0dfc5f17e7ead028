#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "chain_definition.h"
#include "wrcor/space/search_space.h"

namespace wrcor {

/// Reads a name of each decision's values, joined by commas. White space around the text is
/// ignored.
/// @param space  its name, for messages
/// @throws UsageError with the byte offset, what was found and what was expected
Genotype parse_chain(const std::string& space, const std::vector<Decision>& decisions,
                     std::string_view text);

/// For readers: "inverted residual 3x3, x6, se 0.25".
std::string describe(const ChainBlock& block);

}  // namespace wrcor
