#include "score/pareto.h"

#include <algorithm>
#include <limits>
#include <map>
#include <numeric>

namespace wrcor {
namespace {

/// Whether a is nowhere worse and somewhere better.
bool all_better(const std::vector<double>& a, const std::vector<double>& b) {
  bool somewhere = false;
  for (std::size_t k = 0; k < a.size(); ++k) {
    if (a[k] > b[k]) return false;
    somewhere = somewhere || a[k] < b[k];
  }
  return somewhere;
}

/// The volume of points that are all within the box, by slices along their last objective.
double volume_within(std::vector<std::vector<double>> points, std::vector<double> reference) {
  if (points.empty()) return 0;
  const double end = reference.back();
  if (reference.size() == 1) {
    double least = end;
    for (const auto& point : points) least = std::min(least, point[0]);
    return end - least;
  }
  std::sort(points.begin(), points.end(),
            [](const auto& a, const auto& b) { return a.back() < b.back(); });
  reference.pop_back();
  std::vector<std::vector<double>> below;  // without the last objective, none dominated
  double volume = 0;
  for (std::size_t i = 0; i < points.size(); ++i) {
    std::vector<double> projected(points[i].begin(), points[i].end() - 1);
    const bool adds = std::none_of(below.begin(), below.end(), [&](const auto& other) {
      return other == projected || all_better(other, projected);
    });
    if (adds) {
      std::erase_if(below, [&](const auto& other) { return all_better(projected, other); });
      below.push_back(std::move(projected));
    }
    const double next = i + 1 < points.size() ? points[i + 1].back() : end;
    if (next > points[i].back())
      volume += (next - points[i].back()) * volume_within(below, reference);
  }
  return volume;
}

}  // namespace

bool dominates(const ObjectivePoint& a, const ObjectivePoint& b) {
  if (a.violation != b.violation) return a.violation < b.violation;
  return a.violation == 0 && all_better(a.values, b.values);
}

std::vector<std::size_t> non_dominated_fronts(const std::vector<ObjectivePoint>& points) {
  std::vector<std::size_t> order(points.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  // What dominates a point is before it.
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    if (points[a].violation != points[b].violation)
      return points[a].violation < points[b].violation;
    return points[a].values < points[b].values;
  });
  std::vector<std::vector<std::size_t>> members;
  std::vector<std::size_t> fronts(points.size());
  for (const std::size_t point : order) {
    const auto dominated = [&](const std::vector<std::size_t>& front) {
      // Those that were added last are the most alike.
      return std::any_of(front.rbegin(), front.rend(), [&](std::size_t other) {
        return dominates(points[other], points[point]);
      });
    };
    std::size_t front = 0;
    while (front < members.size() && dominated(members[front])) ++front;
    if (front == members.size()) members.emplace_back();
    members[front].push_back(point);
    fronts[point] = front + 1;
  }
  return fronts;
}

std::vector<double> crowding_distances(const std::vector<ObjectivePoint>& points,
                                       const std::vector<std::size_t>& fronts) {
  std::map<std::size_t, std::vector<std::size_t>> members;
  for (std::size_t i = 0; i < points.size(); ++i) members[fronts[i]].push_back(i);
  std::vector<double> distances(points.size(), 0);
  for (auto& [front, order] : members) {
    const std::size_t objectives = points[order.front()].values.size();
    for (std::size_t k = 0; k < objectives; ++k) {
      const auto value = [&](std::size_t i) { return points[i].values[k]; };
      std::sort(order.begin(), order.end());
      std::stable_sort(order.begin(), order.end(),
                       [&](std::size_t a, std::size_t b) { return value(a) < value(b); });
      const double range = value(order.back()) - value(order.front());
      distances[order.front()] = distances[order.back()] = std::numeric_limits<double>::infinity();
      if (range == 0) continue;
      for (std::size_t i = 1; i + 1 < order.size(); ++i)
        distances[order[i]] += (value(order[i + 1]) - value(order[i - 1])) / range;
    }
  }
  return distances;
}

double hypervolume(const std::vector<std::vector<double>>& points,
                   const std::vector<double>& reference) {
  std::vector<std::vector<double>> within;
  for (const std::vector<double>& point : points) {
    bool inside = true;
    for (std::size_t k = 0; k < reference.size(); ++k) inside = inside && point[k] < reference[k];
    if (inside) within.push_back(point);
  }
  return volume_within(std::move(within), reference);
}

}  // namespace wrcor
