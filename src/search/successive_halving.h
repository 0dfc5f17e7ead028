#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "search/training_ledger.h"

namespace wrcor {

/// A round of successive halving: how many networks are trained to which fidelity.
struct Rung {
  std::size_t fidelity = 0;
  std::size_t networks = 0;
  bool operator==(const Rung&) const = default;
};

/// Rounds of successive halving, the cheapest first.
using Bracket = std::vector<Rung>;

/// Successive halving from one of the fidelities to the last one. Each round keeps as many networks
/// as it can train for about as many epochs in total as the first one; the last keeps at least one.
/// If fidelities grow by a factor, each round keeps one network out of that many.
/// @param epochs    of all fidelities, increasing
/// @param first     the fidelity of the first round
/// @param networks  in the first round
/// Source: Jamieson and Talwalkar, arXiv 1502.07943, as in Li et al., JMLR 18 (2018) 185.
Bracket halving_bracket(std::span<const int> epochs, std::size_t first, std::size_t networks);

/// The bracket from the first fidelity on, with as many networks as leave one for the last round.
Bracket widest_bracket(std::span<const int> epochs);

/// Trains the networks of a bracket: draws different ones, and keeps the best of each round, the
/// first drawn of equals. A small space may give fewer networks than the first round has room for.
/// @param draw  gives an architecture, as the table of the ledger names it
/// Stops when the budget is spent.
void run_bracket(const Bracket& bracket, const std::function<std::string()>& draw,
                 TrainingLedger& ledger);

}  // namespace wrcor
