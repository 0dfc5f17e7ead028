#pragma once

#include <span>
#include <vector>

#include "search/successive_halving.h"

namespace wrcor {

/// The brackets of Hyperband: one of successive halving from each fidelity, all of about the same
/// cost, from the one that explores most to the one that trains every network in full.
///
/// With k + 1 fidelities the bracket from fidelity k - s starts with ceil((k + 1) / (s + 1) * R /
/// r) networks, where R are the epochs of the last fidelity and r those of its own. For r = R /
/// eta^s these are the numbers of the publication; here the fidelities are those that a table has.
/// @param epochs  of all fidelities, increasing
/// Source: Li et al., JMLR 18 (2018) 185, algorithm 1.
std::vector<Bracket> hyperband_brackets(std::span<const int> epochs);

}  // namespace wrcor
