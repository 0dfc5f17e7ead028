#include "search/table_front.h"

#include <algorithm>

#include "score/pareto.h"

namespace wrcor {
namespace {

std::optional<std::vector<double>> costs_of(const ConstrainedSpace& space,
                                            const std::vector<std::string>& names,
                                            const std::string& arch) {
  const Genotype genotype = space.parse(arch);
  std::vector<double> costs;
  for (const std::string& name : names) {
    const std::optional<double> cost = space.cost(name, genotype);
    if (!cost) return std::nullopt;
    costs.push_back(*cost);
  }
  return costs;
}

}  // namespace

TableFront::TableFront(const ConstrainedSpace& space, const std::vector<std::string>& minimize,
                       const SearchTable& table) {
  std::vector<MemberScores> scores;
  for (const SearchTable::Row& row : table.rows) scores.push_back(row.second.scores);
  const std::vector<std::optional<double>> values = vote_values(table.rule, scores);
  std::vector<ObjectivePoint> points;
  auto value = values.begin();
  for (const SearchTable::Row& row : table.rows) {
    const std::optional<double> its_value = *value++;
    auto costs = its_value ? costs_of(space, minimize, row.first) : std::nullopt;
    if (!costs) continue;
    costs->push_back(-*its_value);
    points.push_back({*costs});
    points_.emplace(&row, *std::move(costs));
  }
  const std::vector<std::size_t> fronts = non_dominated_fronts(points);
  std::vector<std::vector<double>> front;
  for (std::size_t i = 0; i < points.size(); ++i) {
    if (fronts[i] == 1) front.push_back(points[i].values);
  }
  if (front.empty()) return;
  reference_ = front.front();
  for (const auto& point : front) {
    for (std::size_t k = 0; k < point.size(); ++k)
      reference_[k] = std::max(reference_[k], point[k]);
  }
  volume_ = hypervolume(front, reference_);
}

std::optional<double> TableFront::share(const std::vector<const SearchTable::Row*>& rows) const {
  if (volume_ == 0) return std::nullopt;
  std::vector<std::vector<double>> points;
  for (const SearchTable::Row* row : rows) {
    if (const auto point = points_.find(row); point != points_.end())
      points.push_back(point->second);
  }
  return hypervolume(points, reference_) / volume_;
}

}  // namespace wrcor
