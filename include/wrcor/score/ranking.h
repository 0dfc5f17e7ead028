#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
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

/// One class of architectures in a ranking.
struct Ranked {
  std::string arch;       ///< the architecture that was evaluated
  std::string canonical;  ///< representative of its strict class
  PackedEvaluation evaluation;
  std::int64_t first_seen;          ///< number of the proposal, from 0, that first met the class
  std::optional<double> vote = {};  ///< value in the vote that ordered the ranking, if one did
  std::optional<RankInterval> ranks = {};  ///< possible ranks, if scores were repeated
  std::vector<double> costs = {};          ///< that are minimised, if any are
  /// With such costs, the number of the entry's front: 1 if no other entry is better in value and
  /// costs, 2 if only members of front 1 are, and so on; nothing without a value.
  std::optional<std::size_t> front = {};
};

/// Orders by a rule, best first, and stores the rank intervals and, for a vote, the values. Entries
/// without a value come after all that have one; equal ones are ordered by architecture string. The
/// result does not depend on the order of the input.
void rank(std::vector<Ranked>& entries, const RankingRule& rule);

/// The value by which a rule orders an entry of its ranking: the value in the vote, or
/// Score::order() of the only proxy; nothing if the entry has none.
/// @param vote  value in the vote, if the rule is one
std::optional<double> ranking_value(const RankingRule& rule, const std::optional<double>& vote,
                                    const Evaluation& evaluation);
std::optional<double> ranking_value(const Ranked& entry, const RankingRule& rule);

/// Stores the fronts of entries that have costs.
void find_fronts(std::vector<Ranked>& entries, const RankingRule& rule);

/// The hypervolume of the first front, as a fraction of the box between the best and the worst of
/// all entries with a value; nothing without costs or without any value.
std::optional<double> front_hypervolume(const std::vector<Ranked>& entries,
                                        const RankingRule& rule);

/// Reorders the first `count` entries of a ranking by their current evaluations: they are ranked
/// among themselves, ahead of the others, which stay as they are. Entries that have lost their
/// score move behind all that have one.
void rank_first(std::vector<Ranked>& entries, std::size_t count, const RankingRule& rule);

}  // namespace wrcor
