#pragma once

#include <vector>

#include "wrcor/score/evaluation.h"

namespace wrcor {

/// The mean of one network's evaluations under several draws of weights. A score that one of them
/// cannot give is undefined.
/// @param repeats  of the same proxies; at least one
Evaluation mean_of_repeats(const std::vector<Evaluation>& repeats);

/// Gives an evaluation the status of its scores: it is worth something as long as one of them is.
void summarise_status(Evaluation& evaluation);

}  // namespace wrcor
