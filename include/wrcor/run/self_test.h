#pragma once

#include <string>
#include <vector>

#include "wrcor/run/parity.h"

namespace wrcor {

/// Recomputes the golden scores in the program, and checks what they do not show: that numbers
/// below the smallest normal one are kept, and that matrix products are right to the last bit where
/// they can be.
/// @param device  as for resolve_device()
/// @return one line that says that this build can be trusted
/// @throws RunError, one line, that says why it cannot
std::string self_test(const std::string& device);

/// What recomputed golden scores say, for self_test(). @throws RunError
std::string verdict(const std::vector<ParityCase>& cases, const std::string& device);

}  // namespace wrcor
