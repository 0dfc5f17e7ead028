#pragma once

#include <cstdint>
#include <optional>

namespace wrcor {

/// What evaluations take, learned from those that are over: a time for each, and one for each FLOP
/// of the network. Least squares; the mean alone while the two cannot be told apart.
class DurationModel {
 public:
  /// @param flops  of all of these evaluations, for one image
  /// @param seconds  of one worker
  void add(std::int64_t evaluations, double flops, double seconds);

  /// Seconds of one worker for so many more; nothing before anything was added.
  std::optional<double> seconds(std::int64_t evaluations, double flops) const;

 private:
  // Sums over what was added, of products of evaluations (n), flops (f) and seconds (s).
  double n_ = 0, s_ = 0, nn_ = 0, nf_ = 0, ff_ = 0, ns_ = 0, fs_ = 0;
};

}  // namespace wrcor
