#pragma once

#include <vector>

#include "wrcor/score/evaluation.h"

namespace wrcor {

/// The mean of one network's evaluations under several draws of weights. A score that is undefined
/// under one of them is undefined.
/// @param repeats  of the same proxies; at least one
Evaluation mean_of_repeats(const std::vector<Evaluation>& repeats);

/// Gives an evaluation the status of its scores: it is ok if one of them is.
void summarise_status(Evaluation& evaluation);

}  // namespace wrcor
