#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "wrcor/score/evaluation.h"
#include "wrcor/score/ranking_rule.h"

namespace wrcor {

/// Scores of one architecture, one per member of a rule, as the proxies returned them; nothing, or
/// a value that is not finite, stands for a score that is not ok.
using MemberScores = std::vector<std::optional<double>>;

/// Those of an evaluation. @throws std::out_of_range when a member was not evaluated
MemberScores member_scores(const RankingRule& rule, const Evaluation& evaluation);

/// A growing set of architectures, and their order by a ranking rule.
///
/// Let a member's rank of an architecture be its place from the worst, 1, to the best, n; equal
/// scores share the mean of their places. The winner of a duel is the architecture that more than
/// half of the members score strictly better; otherwise the duel is a draw. The value, higher is
/// better, is for
///
///     score     the score, negated where lower is better
///     copeland  duels won minus duels lost, against all others
///     ranksum   the mean rank over the members
///     borda     others with a worse score, half for an equal one, summed over the members
///     zscore    mean over the members of (score - mean) / population standard deviation
///     logrank   sum over the members of ln(rank / n)
///     pairwise  as copeland
///
/// (zscore: 0 in a member whose scores are all equal.)
///
/// A score that is not ok is worse than every one that is, and equal to others that are not; for
/// zscore, which has no value below the lowest score, it counts as the lowest. An architecture of
/// which no member is ok has no value and ranks below all others.
///
/// Values are functions of the set: they do not depend on the order in which it was filled, nor on
/// the order of the members, to the last bit. An addition takes O(n) time for each member, a value
/// O(log n) (zscore: O(n) once per addition, copeland: O(1)). Not thread-safe.
/// Sources: Jing et al., arXiv 2507.08841 (duels); Lee and Ham, arXiv 2403.19232 (logrank).
class Standings {
 public:
  explicit Standings(RankingRule rule);

  /// @return the architecture's number: 0 for the first, 1 for the second, ...
  std::size_t add(const MemberScores& scores);
  /// @throws std::out_of_range when a member was not evaluated
  std::size_t add(const Evaluation& evaluation);

  std::size_t size() const { return size_; }
  const RankingRule& rule() const { return rule_; }

  /// The value of an architecture in the current set.
  std::optional<double> value(std::size_t number) const;

  /// The score of each member, higher is better; nothing where it is not ok.
  MemberScores scores(std::size_t number) const;

  /// Whether a is currently strictly better than b: by value, for `pairwise` by their duel, which
  /// is not transitive.
  bool prefers(std::size_t a, std::size_t b) const;

 private:
  struct Moments {
    double lowest = 0;
    double mean = 0;
    double deviation = 0;  ///< 0: the scores are all equal
  };
  /// Scores with higher as better, -infinity where not ok.
  struct Member {
    std::vector<double> scores;  ///< by number
    std::vector<double> sorted;  ///< if ranks or moments are needed
    mutable std::optional<Moments> moments;
  };

  static Moments moments_of(const std::vector<double>& sorted);
  int duel(std::size_t a, std::size_t b) const;
  double contribution(const Member& member, double score) const;

  RankingRule rule_;
  std::vector<Member> members_;
  std::vector<int> margins_;  ///< duels won minus lost, if they are needed
  std::size_t size_ = 0;
};

/// The values of a whole set.
/// @param scores  one row per architecture
std::vector<std::optional<double>> vote_values(const RankingRule& rule,
                                               const std::vector<MemberScores>& scores);

}  // namespace wrcor
