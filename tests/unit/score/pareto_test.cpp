#include "score/pareto.h"

#include <cmath>

#include "support/catch.h"
#include "wrcor/core/random.h"

using namespace wrcor;

namespace {

std::vector<ObjectivePoint> random_points(std::size_t count, std::size_t objectives,
                                          std::uint64_t seed) {
  Rng rng(seed);
  std::vector<ObjectivePoint> points(count);
  for (ObjectivePoint& point : points) {
    // Few values, so that many are equal.
    for (std::size_t k = 0; k < objectives; ++k)
      point.values.push_back(static_cast<double>(rng.below(12)));
    if (rng.below(5) == 0) point.violation = static_cast<double>(1 + rng.below(3));
  }
  return points;
}

/// By definition: the fronts are peeled off one after the other.
std::vector<std::size_t> peeled(const std::vector<ObjectivePoint>& points) {
  std::vector<std::size_t> fronts(points.size(), 0);
  std::size_t left = points.size();
  for (std::size_t front = 1; left > 0; ++front) {
    std::vector<std::size_t> members;
    for (std::size_t i = 0; i < points.size(); ++i) {
      if (fronts[i] != 0) continue;
      bool dominated = false;
      for (std::size_t j = 0; j < points.size(); ++j)
        dominated = dominated || (fronts[j] == 0 && dominates(points[j], points[i]));
      if (!dominated) members.push_back(i);
    }
    for (const std::size_t i : members) fronts[i] = front;
    left -= members.size();
  }
  return fronts;
}

}  // namespace

TEST_CASE("a point dominates another that is nowhere better and somewhere worse",
          "[score][pareto]") {
  CHECK(dominates({{1, 2}}, {{1, 3}}));
  CHECK_FALSE(dominates({{1, 3}}, {{1, 2}}));
  CHECK_FALSE(dominates({{1, 2}}, {{1, 2}}));
  CHECK_FALSE(dominates({{1, 3}}, {{2, 2}}));
  CHECK_FALSE(dominates({{2, 2}}, {{1, 3}}));
}

TEST_CASE("a feasible point dominates every infeasible one, and a smaller violation a larger one",
          "[score][pareto]") {
  CHECK(dominates({{9, 9}, 0}, {{1, 1}, 0.1}));
  CHECK_FALSE(dominates({{1, 1}, 0.1}, {{9, 9}, 0}));
  CHECK(dominates({{9, 9}, 1}, {{1, 1}, 2}));
  CHECK_FALSE(dominates({{1, 1}, 1}, {{9, 9}, 1}));
}

TEST_CASE("the fronts are those that one peels off by definition", "[score][pareto]") {
  CHECK(non_dominated_fronts({}).empty());
  CHECK(non_dominated_fronts({{{1, 4}}, {{2, 2}}, {{3, 3}}, {{4, 1}}, {{4, 4}}, {{0, 0}, 1}}) ==
        std::vector<std::size_t>{1, 1, 2, 1, 3, 4});
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const std::size_t objectives = 1 + seed % 4;
    const auto points = random_points(150, objectives, seed);
    CHECK(non_dominated_fronts(points) == peeled(points));
  }
}

TEST_CASE("crowding is the extent of a point's gap, of its front's range", "[score][pareto]") {
  const std::vector<ObjectivePoint> points{{{0, 10}}, {{2, 6}}, {{5, 5}}, {{10, 0}}, {{11, 11}}};
  const auto fronts = non_dominated_fronts(points);
  CHECK(fronts == std::vector<std::size_t>{1, 1, 1, 1, 2});
  const auto distances = crowding_distances(points, fronts);
  CHECK(std::isinf(distances[0]));
  CHECK(distances[1] == Approx(0.5 + 0.5));
  CHECK(distances[2] == Approx(0.8 + 0.6));
  CHECK(std::isinf(distances[3]));
  CHECK(std::isinf(distances[4]));  // alone in its front
}

TEST_CASE("crowding where all points have one value of an objective", "[score][pareto]") {
  const std::vector<ObjectivePoint> points{{{1, 1}}, {{1, 1}}, {{1, 1}}};
  const auto distances = crowding_distances(points, {1, 1, 1});
  CHECK(std::isinf(distances[0]));
  CHECK(distances[1] == 0);
  CHECK(std::isinf(distances[2]));
}

TEST_CASE("the hypervolume is the volume that is dominated within the reference",
          "[score][pareto]") {
  CHECK(hypervolume({}, {1, 1}) == 0);
  CHECK(hypervolume({{0.25}}, {1}) == 0.75);
  CHECK(hypervolume({{1, 3}, {2, 2}, {3, 1}}, {4, 4}) == 3 + 2 + 1);
  CHECK(hypervolume({{1, 3}, {2, 2}, {3, 1}, {3, 3}, {1, 3}}, {4, 4}) == 6);
  CHECK(hypervolume({{1, 5}, {5, 1}}, {4, 4}) == 0);  // beyond the reference
  CHECK(hypervolume({{0, 0, 0}}, {2, 3, 4}) == 24);
  CHECK(hypervolume({{1, 1, 0}, {0, 1, 1}, {1, 0, 1}}, {2, 2, 2}) == 2 + 1 + 1);
}

TEST_CASE("the hypervolume in three and four objectives is that of the cells of a grid",
          "[score][pareto]") {
  for (const std::size_t objectives : {3, 4}) {
    Rng rng(objectives);
    const double side = 6;
    std::vector<std::vector<double>> points(25, std::vector<double>(objectives));
    for (auto& point : points) {
      for (double& value : point) value = static_cast<double>(rng.below(6));
    }
    const auto cells = static_cast<std::size_t>(std::pow(side, static_cast<double>(objectives)));
    double volume = 0;
    for (std::size_t cell = 0; cell < cells; ++cell) {
      bool dominated = false;
      for (const auto& point : points) {
        bool below = true;
        for (std::size_t k = 0, rest = cell; k < objectives; ++k, rest /= 6)
          below = below && point[k] <= static_cast<double>(rest % 6);
        dominated = dominated || below;
      }
      volume += dominated ? 1 : 0;
    }
    CHECK(hypervolume(points, std::vector<double>(objectives, side)) == volume);
  }
}
