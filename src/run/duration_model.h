#pragma once

#include <cstdint>
#include <optional>

namespace wrcor {

/// The duration of evaluations, fitted to the finished ones: a time per evaluation, and a time per
/// FLOP of the network. By least squares; only the mean while the two cannot be distinguished.
class DurationModel {
 public:
  /// @param flops  of all of these evaluations, for one image
  /// @param seconds  of one worker
  void add(std::int64_t evaluations, double flops, double seconds);

  /// Seconds of one worker for this many more; nothing before the first add().
  std::optional<double> seconds(std::int64_t evaluations, double flops) const;

 private:
  // Sums over all calls of add(), of products of evaluations (n), flops (f) and seconds (s).
  double n_ = 0, s_ = 0, nn_ = 0, nf_ = 0, ff_ = 0, ns_ = 0, fs_ = 0;
};

}  // namespace wrcor
