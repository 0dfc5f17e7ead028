#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include <c10/core/Device.h>

namespace wrcor {

/// Golden scores and the files needed to recompute them: `golden.json` (cases with arch, C, N,
/// num_classes, weights, scores), the minibatch and the networks' weights that it names.
struct GoldenSet {
  std::string origin;  ///< for messages
  /// Content of a file of the set. @throws DataError
  std::function<std::string(const std::string& file)> read;
};

/// The set in a folder.
GoldenSet golden_folder(const std::filesystem::path& folder);

/// The set that is built into the program: small networks.
GoldenSet built_in_golden_set();

/// One score of a published network, recomputed.
struct ParityCase {
  std::string network;
  std::string proxy;
  double expected = 0;
  double computed = 0;
  double error = 0;  ///< relative; of `plain`, whose terms cancel, relative to snip
  double limit = 0;  ///< the tolerance for rounding
  /// The largest such difference from `computed` when weights, images and noise are rounded
  /// differently (up to 64 draws); 0 where `error` is within the limit.
  double movement = 0;

  bool good() const { return error <= limit; }
  /// Whether rounding determines the score, for instance because the sign of a ReLU's input should
  /// be exactly 0 or nearly so. Such a score agrees with the published one only by chance.
  bool undecided() const { return !good() && movement >= error / 2; }
};

/// Recomputes golden scores. Proxies that the program does not have are skipped.
/// @param device  as for resolve_device()
/// @throws DataError when the set is invalid; RunError when a network cannot be evaluated
std::vector<ParityCase> check_parity(const GoldenSet& golden, const std::string& device);
std::vector<ParityCase> check_parity(const GoldenSet& golden, c10::Device device);

/// |a - b| / |b|; 0 for equal infinities or two NaN, infinity for other combinations of those.
double relative_error(double computed, double expected);

}  // namespace wrcor
