#pragma once

#include <string>
#include <vector>

#include "wrcor/config/config.h"
#include "wrcor/score/ranking_rule.h"

namespace wrcor {

/// The names that score.proxies can hold: every proxy, every vote, and "all".
std::vector<std::string> proxy_choices();

/// How a run orders architectures: by score.rank_by, else by the first of score.proxies, which may
/// be a vote, else by the vote auto. @throws UsageError when score.rank_by is not a rule
RankingRule ranking_rule(const Config& config);

/// The proxies that a run computes, each once: those of score.proxies in their order, a vote
/// standing for its members and "all" for every proxy; then those that the ranking rule needs in
/// addition.
std::vector<std::string> effective_proxies(const Config& config);

}  // namespace wrcor
