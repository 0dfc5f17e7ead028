// Ranking rules: what is read is written in full, and read again as the same rule.
#include "wrcor/score/ranking_rule.h"
#include "support/property.h"

using namespace wrcor;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const RankingNames names = registered_names();
  fuzz::accepts([&] {
    const RankingRule rule = RankingRule::parse(fuzz::text_of(data, size), names);
    fuzz::require(!rule.members.empty(), "a rule has members");
    fuzz::require(rule.is_vote() || rule.members.size() == 1, "one proxy ranks without a vote");
    fuzz::require(RankingRule::parse(rule.text(), names) == rule, "parse(text(x)) == x");
  });
  return 0;
}
