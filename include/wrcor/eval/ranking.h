#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "wrcor/eval/evaluation.h"

namespace wrcor {

/// One class of architectures in a ranking.
struct Ranked {
  std::string arch;       ///< the architecture that was evaluated
  std::string canonical;  ///< representative of its strict class
  Evaluation evaluation;
  std::int64_t first_seen;  ///< number of the proposal, from 0, that first met the class
};

/// Orders by the score of one proxy, best first. Whatever is not ok comes after everything that is;
/// equal ones are ordered by architecture string, so that the result does not depend on the order
/// of the input.
void rank(std::vector<Ranked>& entries, const std::string& proxy);

}  // namespace wrcor
