#pragma once

#include <string>
#include <vector>

#include "run/parity.h"

namespace wrcor {

/// Recomputes the golden scores in the program, and makes two checks that these do not cover:
/// subnormal numbers are kept, and matrix products of whole numbers are exact.
/// @param device  as for resolve_device()
/// @return one line that this build can be trusted
/// @throws RunError, one line, with the reason why it cannot
std::string self_test(const std::string& device);

/// The verdict of recomputed golden scores, for self_test(). @throws RunError
std::string verdict(const std::vector<ParityCase>& cases, const std::string& device);

}  // namespace wrcor
