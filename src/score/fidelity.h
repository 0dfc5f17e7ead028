#pragma once

#include <string>
#include <vector>

#include "score/benchmark_table.h"

namespace wrcor {

/// Training for a number of epochs, and a column with a figure of it.
struct Fidelity {
  int epochs = 0;
  FigureColumn column;
};

/// Reads "12=c10_val_12ep" and so on: epochs that increase, each with a column.
/// @param flag  that gives them, for messages
/// @throws UsageError
std::vector<Fidelity> parse_fidelities(const std::string& flag,
                                       const std::vector<std::string>& texts);

}  // namespace wrcor
