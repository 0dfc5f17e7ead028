#include "wrcor/score/ranking.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "wrcor/score/standings.h"

namespace wrcor {

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
}

}  // namespace wrcor
