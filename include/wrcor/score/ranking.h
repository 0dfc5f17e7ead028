#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "wrcor/score/evaluation.h"
#include "wrcor/score/rank_intervals.h"
#include "wrcor/score/ranking_rule.h"

namespace wrcor {

/// One class of architectures in a ranking.
struct Ranked {
  std::string arch;       ///< the architecture that was evaluated
  std::string canonical;  ///< representative of its strict class
  PackedEvaluation evaluation;
  std::int64_t first_seen;          ///< number of the proposal, from 0, that first met the class
  std::optional<double> vote = {};  ///< value in the vote that ordered the ranking, if one did
  std::optional<RankInterval> ranks = {};  ///< that it may have, where scores were repeated
};

/// Orders by a rule, best first, and notes the values if it is a vote, and the rank intervals. What
/// the rule gives no value comes after everything that has one; equal ones are ordered by
/// architecture string. The result does not depend on the order of the input.
void rank(std::vector<Ranked>& entries, const RankingRule& rule);

/// What a rule orders an entry of its ranking by: the value in the vote, or what orders the scores
/// of the only proxy; nothing where it has none.
/// @param vote  value in the vote, if the rule is one
std::optional<double> ranking_value(const RankingRule& rule, const std::optional<double>& vote,
                                    const Evaluation& evaluation);
std::optional<double> ranking_value(const Ranked& entry, const RankingRule& rule);

/// Orders the first `count` entries of a ranking anew, by what is known of them now: a ranking of
/// their own, ahead of the others, which stay as they are. What has no score any more goes behind
/// all that have one.
void rank_first(std::vector<Ranked>& entries, std::size_t count, const RankingRule& rule);

}  // namespace wrcor
