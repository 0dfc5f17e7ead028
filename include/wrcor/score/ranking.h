#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "wrcor/score/evaluation.h"
#include "wrcor/score/ranking_rule.h"

namespace wrcor {

/// One class of architectures in a ranking.
struct Ranked {
  std::string arch;       ///< the architecture that was evaluated
  std::string canonical;  ///< representative of its strict class
  PackedEvaluation evaluation;
  std::int64_t first_seen;          ///< number of the proposal, from 0, that first met the class
  std::optional<double> vote = {};  ///< value in the vote that ordered the ranking, if one did
};

/// Orders by a rule, best first, and notes the values if it is a vote. What the rule gives no value
/// comes after everything that has one; equal ones are ordered by architecture string. The result
/// does not depend on the order of the input.
void rank(std::vector<Ranked>& entries, const RankingRule& rule);

}  // namespace wrcor
