#include "wrcor/score/ranking.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "score/standings.h"

namespace wrcor {
namespace {

void note_rank_intervals(std::vector<Ranked>& entries, const RankingRule& rule) {
  const bool repeated = std::any_of(entries.begin(), entries.end(), [&](const Ranked& entry) {
    return !entry.evaluation.unpacked().score(rule.members.front().proxy).repeats.empty();
  });
  if (!repeated) return;
  std::vector<Evaluation> evaluations;
  for (const Ranked& entry : entries) evaluations.push_back(entry.evaluation.unpacked());
  const auto intervals = rank_intervals(rule, evaluations);
  for (std::size_t i = 0; i < entries.size(); ++i) entries[i].ranks = intervals[i];
}

}  // namespace

void rank(std::vector<Ranked>& entries, const RankingRule& rule) {
  Standings standings(rule);
  for (const Ranked& entry : entries) standings.add(entry.evaluation.unpacked());
  std::vector<std::pair<std::optional<double>, Ranked>> valued;
  valued.reserve(entries.size());
  for (std::size_t i = 0; i < entries.size(); ++i) {
    valued.emplace_back(standings.value(i), std::move(entries[i]));
  }
  std::sort(valued.begin(), valued.end(), [](const auto& a, const auto& b) {
    if (a.first != b.first) return a.first > b.first;  // an empty optional is below every number
    return a.second.arch < b.second.arch;
  });
  for (std::size_t i = 0; i < entries.size(); ++i) {
    entries[i] = std::move(valued[i].second);
    if (rule.is_vote()) entries[i].vote = valued[i].first;
  }
  note_rank_intervals(entries, rule);
}

std::optional<double> ranking_value(const RankingRule& rule, const std::optional<double>& vote,
                                    const Evaluation& evaluation) {
  return rule.is_vote() ? vote : evaluation.score(rule.members.front().proxy).order();
}

std::optional<double> ranking_value(const Ranked& entry, const RankingRule& rule) {
  return ranking_value(rule, entry.vote, entry.evaluation.unpacked());
}

void rank_first(std::vector<Ranked>& entries, std::size_t count, const RankingRule& rule) {
  const auto end = entries.begin() + static_cast<std::ptrdiff_t>(count);
  std::vector<Ranked> first(std::make_move_iterator(entries.begin()), std::make_move_iterator(end));
  rank(first, rule);
  std::move(first.begin(), first.end(), entries.begin());
  std::stable_partition(entries.begin(), entries.end(), [&](const Ranked& entry) {
    return ranking_value(entry, rule).has_value();
  });
}

}  // namespace wrcor
