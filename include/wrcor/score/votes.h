#pragma once

#include <string>
#include <vector>

#include "wrcor/core/registry.h"

namespace wrcor {

/// How the scores of several proxies, the members of a vote, combine into one order of a set of
/// architectures. All but `score` and `pairwise` give each architecture a value that depends on the
/// whole set. The definitions are in standings.h.
enum class VoteMethod {
  score,  ///< no vote: the score of the only member
  pairwise,
  copeland,
  ranksum,
  borda,
  zscore,
  logrank,
};

/// The methods that a rule can name; the first name of a method is its proper one, the others are
/// aliases.
const Registry<VoteMethod>& vote_methods();

/// A vote that has a name.
struct Vote {
  VoteMethod method = VoteMethod::copeland;
  std::vector<std::string> members;  ///< as in a rule: "wrcor", or "-plain" against its direction
};

/// All votes by name, one line each in votes.cpp.
const Registry<Vote>& votes();

}  // namespace wrcor
