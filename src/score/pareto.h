#pragma once

#include <cstddef>
#include <vector>

namespace wrcor {

/// The values of one thing in several objectives.
struct ObjectivePoint {
  std::vector<double> values;  ///< smaller is better; equally many in all points
  double violation = 0;        ///< of constraints; 0: it is feasible
};

/// Whether a is better: of two infeasible points, the one with the smaller violation; a feasible
/// one than an infeasible one; of two feasible ones, the one that is nowhere worse and somewhere
/// better.
/// Source: Deb, Pratap, Agarwal and Meyarivan, IEEE Transactions on Evolutionary Computation 6
/// (2002), "constrained-domination".
bool dominates(const ObjectivePoint& a, const ObjectivePoint& b);

/// The front of each point: 1 for those that nothing dominates, 2 for those that only points of
/// front 1 dominate, and so on.
///
/// The result is that of the fast non-dominated sort of Deb et al.; points are put in order of
/// their values and each is compared with the fronts before it, which takes a fraction of all
/// comparisons (Zhang, Tian, Cheng and Jin, ENS, IEEE Transactions on Evolutionary Computation 19,
/// 2015).
std::vector<std::size_t> non_dominated_fronts(const std::vector<ObjectivePoint>& points);

/// How far the neighbours of each point in its front are apart, summed over the objectives, each as
/// a fraction of the front's range; infinite at the ends of an objective. Of equal values, the ones
/// first in the list count as smaller. Source: Deb et al.
std::vector<double> crowding_distances(const std::vector<ObjectivePoint>& points,
                                       const std::vector<std::size_t>& fronts);

/// The volume that the points dominate within the box up to the reference, which they may exceed.
/// Exact, by slices; the time grows with the number of points to the power of the objectives less
/// one.
double hypervolume(const std::vector<std::vector<double>>& points,
                   const std::vector<double>& reference);

}  // namespace wrcor
