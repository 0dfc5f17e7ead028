#include <algorithm>

#include "score/pareto.h"
#include "wrcor/score/ranking.h"

namespace wrcor {
namespace {

/// Value and costs of an entry, smaller is better; nothing if it has no value.
std::optional<ObjectivePoint> point_of(const Ranked& entry, const RankingRule& rule) {
  std::optional<double> value = entry.vote;
  if (!rule.is_vote()) {
    value = ranking_value(entry, rule);
    if (value && rule.members.front().better == Direction::lower) value = -*value;
  }
  if (!value) return std::nullopt;
  ObjectivePoint point{entry.costs};
  point.values.push_back(-*value);
  return point;
}

/// Scales each objective so that the best is 0 and the worst 1; one that all share is 0.
void normalise(std::vector<std::vector<double>>& points) {
  for (std::size_t k = 0; k < points.front().size(); ++k) {
    const auto [least, most] = std::minmax_element(
        points.begin(), points.end(), [k](const auto& a, const auto& b) { return a[k] < b[k]; });
    const double best = (*least)[k], range = (*most)[k] - best;
    for (auto& point : points) point[k] = range > 0 ? (point[k] - best) / range : 0;
  }
}

}  // namespace

void find_fronts(std::vector<Ranked>& entries, const RankingRule& rule) {
  std::vector<ObjectivePoint> points;
  std::vector<Ranked*> with_value;
  for (Ranked& entry : entries) {
    entry.front.reset();
    if (entry.costs.empty()) continue;
    if (auto point = point_of(entry, rule)) {
      points.push_back(*std::move(point));
      with_value.push_back(&entry);
    }
  }
  const std::vector<std::size_t> fronts = non_dominated_fronts(points);
  for (std::size_t i = 0; i < fronts.size(); ++i) with_value[i]->front = fronts[i];
}

std::optional<double> front_hypervolume(const std::vector<Ranked>& entries,
                                        const RankingRule& rule) {
  std::vector<std::vector<double>> points;
  std::vector<bool> in_front;
  for (const Ranked& entry : entries) {
    if (!entry.front) continue;
    points.push_back(point_of(entry, rule)->values);
    in_front.push_back(entry.front == std::size_t{1});
  }
  if (points.empty()) return std::nullopt;
  normalise(points);
  std::vector<std::vector<double>> front;
  for (std::size_t i = 0; i < points.size(); ++i) {
    if (in_front[i]) front.push_back(points[i]);
  }
  return hypervolume(front, std::vector<double>(points.front().size(), 1.0));
}

}  // namespace wrcor
