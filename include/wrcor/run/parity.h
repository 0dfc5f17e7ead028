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
  double relative_error =
      0;  ///< 0 for equal infinities or two NaN, infinity for other mismatches of those
};

/// Recomputes the golden scores of a folder: `golden.json` (cases with arch, C, N, num_classes,
/// weights, scores), its `batch.pt` and the networks' weight files. Proxies that the program does
/// not have are left out.
/// @param device  as for resolve_device()
/// @throws DataError when the folder is not such a folder
std::vector<ParityCase> check_parity(const std::filesystem::path& folder,
                                     const std::string& device);

/// |a - b| / |b|, as ParityCase::relative_error.
double relative_error(double computed, double expected);

}  // namespace wrcor
