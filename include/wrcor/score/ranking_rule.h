#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "wrcor/score/proxies.h"
#include "wrcor/score/votes.h"

namespace wrcor {

/// The names that the text of a rule may use.
struct RankingNames {
  std::vector<std::pair<std::string, Direction>> proxies;
  std::vector<std::pair<std::string, Vote>> votes;
};

/// Those of the registries.
RankingNames registered_names();

/// A proxy whose scores count in a ranking.
struct RankingMember {
  std::string proxy;
  Direction better = Direction::higher;
  bool operator==(const RankingMember&) const = default;
};

/// How architectures are ordered: by one proxy, or by the vote of several.
struct RankingRule {
  VoteMethod method = VoteMethod::score;
  std::vector<RankingMember> members;  ///< at least one, each once; exactly one for `score`

  /// Reads
  ///
  ///     wrcor                          one proxy
  ///     sjw                            a vote that has a name
  ///     wrcor,synflow,-plain           a vote of these members, by copeland
  ///     az(wrcor,synflow,-plain)       the same by another method
  ///     az(sjw)                        the members of a named vote, by another method
  ///
  /// A bare name counts in the registered direction of its proxy, `+name` higher is better, `-name`
  /// lower is better. White space between words is skipped.
  ///
  /// @throws UsageError naming the character, what was found there and what was expected
  static RankingRule parse(std::string_view text, const RankingNames& names = registered_names());

  bool is_vote() const { return method != VoteMethod::score; }

  /// The rule in full, every direction written out: "pairwise(+synflow,+jacob_cor,+wrcor)",
  /// "+wrcor". parse() reads it back, whatever directions the proxies are registered with.
  std::string text() const;

  bool operator==(const RankingRule&) const = default;
};

}  // namespace wrcor
