#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "wrcor/score/evaluation.h"
#include "wrcor/score/ranking_rule.h"

namespace wrcor {

/// The ranks, from 1, that an architecture may have.
struct RankInterval {
  std::size_t best = 1;
  std::size_t worst = 1;
  bool operator==(const RankInterval&) const = default;
};

/// The uncertainty of ranks, from the repeats that the scores are means of. Every repeat draws
/// weights that all architectures share, so two architectures are compared by a paired t-test,
/// two-sided at 5 %, not corrected for the number of pairs. An architecture's best rank follows all
/// that are significantly better, its worst rank precedes all that are significantly worse. In a
/// vote, the test compares the values in the vote among the evaluations of one repeat.
///
/// Takes O(n^2) time for each repeat.
/// @return one per evaluation; nothing for those without a value, or without repeats
/// Source: Mogstad, Romano, Shaikh and Wilhelm, Inference for Ranks, Review of Economic Studies 91
/// (2024), of which these are the marginal intervals without their correction.
std::vector<std::optional<RankInterval>> rank_intervals(const RankingRule& rule,
                                                        std::span<const Evaluation> evaluations);

}  // namespace wrcor
