#include "score/standings.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <stdexcept>
#include <utility>

namespace wrcor {
namespace {

constexpr double not_ok = -std::numeric_limits<double>::infinity();

double oriented(const std::optional<double>& score, Direction better) {
  if (!score || !std::isfinite(*score)) return not_ok;
  return better == Direction::higher ? *score : -*score;
}

bool counts_duels(VoteMethod method) {
  return method == VoteMethod::copeland || method == VoteMethod::pairwise;
}

/// Mean of the places, from 1, that the score shares in the sorted scores.
double mean_rank(const std::vector<double>& sorted, double score) {
  const auto [first, last] = std::equal_range(sorted.begin(), sorted.end(), score);
  return static_cast<double>((first - sorted.begin()) + (last - sorted.begin()) + 1) / 2;
}

}  // namespace

MemberScores member_scores(const RankingRule& rule, const Evaluation& evaluation) {
  MemberScores scores;
  for (const RankingMember& member : rule.members) {
    scores.push_back(evaluation.score(member.proxy).order());
  }
  return scores;
}

Standings::Standings(RankingRule rule) : rule_(std::move(rule)), members_(rule_.members.size()) {
  if (members_.empty()) throw std::invalid_argument("a ranking rule needs a member");
}

std::size_t Standings::add(const MemberScores& scores) {
  if (scores.size() != members_.size()) {
    throw std::invalid_argument("expected one score for each member of the ranking rule");
  }
  const bool sorts = rule_.is_vote() && !counts_duels(rule_.method);
  for (std::size_t m = 0; m < members_.size(); ++m) {
    Member& member = members_[m];
    const double score = oriented(scores[m], rule_.members[m].better);
    member.scores.push_back(score);
    member.moments.reset();
    if (sorts) {
      member.sorted.insert(std::upper_bound(member.sorted.begin(), member.sorted.end(), score),
                           score);
    }
  }
  const std::size_t number = size_++;
  if (counts_duels(rule_.method)) {
    margins_.push_back(0);
    for (std::size_t other = 0; other < number; ++other) {
      const int result = duel(number, other);
      margins_[number] += result;
      margins_[other] -= result;
    }
  }
  return number;
}

std::size_t Standings::add(const Evaluation& evaluation) {
  return add(member_scores(rule_, evaluation));
}

/// 1 when a wins, -1 when b wins, else 0.
int Standings::duel(std::size_t a, std::size_t b) const {
  const int majority = static_cast<int>(members_.size() / 2 + 1);
  int wins = 0, losses = 0;
  for (const Member& member : members_) {
    wins += member.scores[a] > member.scores[b] ? 1 : 0;
    losses += member.scores[a] < member.scores[b] ? 1 : 0;
  }
  return (wins >= majority ? 1 : 0) - (losses >= majority ? 1 : 0);
}

/// Of the scores that are ok. Sums in sorted order do not depend on the order of the additions.
Standings::Moments Standings::moments_of(const std::vector<double>& sorted) {
  const auto first = std::upper_bound(sorted.begin(), sorted.end(), not_ok);
  // For equal scores the deviation is exactly 0; their rounded mean would leave a remainder.
  if (first == sorted.end() || *first == sorted.back()) return {};
  const auto count = static_cast<double>(sorted.end() - first);
  const double mean = std::accumulate(first, sorted.end(), 0.0) / count;
  double squares = 0;
  for (auto score = first; score != sorted.end(); ++score) squares += std::pow(*score - mean, 2);
  const double deviation = std::sqrt(squares / count);
  return std::isfinite(deviation) ? Moments{*first, mean, deviation} : Moments{};
}

/// The contribution of one member to a value, before the division by the number of members.
double Standings::contribution(const Member& member, double score) const {
  if (rule_.method == VoteMethod::zscore) {
    if (!member.moments) member.moments = moments_of(member.sorted);
    const auto& [lowest, mean, deviation] = *member.moments;
    return deviation > 0 ? (std::max(score, lowest) - mean) / deviation : 0;
  }
  const double rank = mean_rank(member.sorted, score);
  if (rule_.method == VoteMethod::logrank) return std::log(rank / static_cast<double>(size_));
  return rule_.method == VoteMethod::borda ? rank - 1 : rank;
}

std::optional<double> Standings::value(std::size_t number) const {
  const bool any_ok = std::any_of(members_.begin(), members_.end(), [number](const Member& member) {
    return member.scores[number] != not_ok;
  });
  if (!any_ok) return std::nullopt;
  if (!rule_.is_vote()) return members_.front().scores[number];
  if (counts_duels(rule_.method)) return margins_[number];
  std::vector<double> parts;
  for (const Member& member : members_) {
    parts.push_back(contribution(member, member.scores[number]));
  }
  std::sort(parts.begin(), parts.end());  // so that the sum does not depend on the members' order
  const double sum = std::accumulate(parts.begin(), parts.end(), 0.0);
  const bool mean = rule_.method == VoteMethod::ranksum || rule_.method == VoteMethod::zscore;
  return mean ? sum / static_cast<double>(members_.size()) : sum;
}

MemberScores Standings::scores(std::size_t number) const {
  MemberScores scores;
  for (const Member& member : members_) {
    const double score = member.scores[number];
    scores.push_back(score == not_ok ? std::nullopt : std::optional(score));
  }
  return scores;
}

bool Standings::prefers(std::size_t a, std::size_t b) const {
  if (rule_.method == VoteMethod::pairwise) return duel(a, b) > 0;
  return value(a) > value(b);  // an empty optional is below every number
}

std::vector<std::optional<double>> vote_values(const RankingRule& rule,
                                               const std::vector<MemberScores>& scores) {
  Standings standings(rule);
  for (const MemberScores& row : scores) standings.add(row);
  std::vector<std::optional<double>> values;
  for (std::size_t number = 0; number < standings.size(); ++number) {
    values.push_back(standings.value(number));
  }
  return values;
}

}  // namespace wrcor
