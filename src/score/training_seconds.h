#pragma once

#include <cstddef>
#include <span>

namespace wrcor {

/// Seconds of training as a linear function of FLOPs: an estimate for networks without a measured
/// time.
struct SecondsByFlops {
  double base = 0;
  double per_flop = 0;
  std::size_t measured = 0;  ///< networks that it was fitted to
  /// Mean over them of |estimate - seconds| / seconds, each estimated from the others.
  double error = 0;

  double estimate(double flops) const { return base + per_flop * flops; }
};

/// The least-squares line.
/// @param flops, seconds  of the measured networks
/// @throws DataError for fewer than three networks, or networks that all have the same FLOPs
SecondsByFlops fit_seconds(std::span<const double> flops, std::span<const double> seconds);

}  // namespace wrcor
