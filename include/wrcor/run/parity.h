#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace wrcor {

/// One score of a published network, recomputed.
struct ParityCase {
  std::string network;
  std::string proxy;
  double expected = 0;
  double computed = 0;
  double error = 0;  ///< relative; of `plain`, whose terms cancel, relative to snip
  double limit = 0;  ///< what is owed to rounding: beyond it something is wrong
  bool good() const { return error <= limit; }
};

/// Recomputes the golden scores of a folder: `golden.json` (cases with arch, C, N, num_classes,
/// weights, scores), its `batch.pt` and the networks' weight files. Proxies that the program does
/// not have are left out.
/// @param device  as for resolve_device()
/// @throws DataError when the folder is not such a folder
std::vector<ParityCase> check_parity(const std::filesystem::path& folder,
                                     const std::string& device);

/// |a - b| / |b|; 0 for equal infinities or two NaN, infinity for other mismatches of those.
double relative_error(double computed, double expected);

}  // namespace wrcor
