#include "config/proxy_choice.h"

#include <algorithm>

#include "wrcor/score/proxies.h"

namespace wrcor {
namespace {

const char* const all_proxies = "all";

/// The proxies behind one item of score.proxies.
std::vector<std::string> expanded(const std::string& item) {
  if (item == all_proxies) return proxies().names();
  std::vector<std::string> names;
  for (const RankingMember& member : RankingRule::parse(item).members) {
    names.push_back(member.proxy);
  }
  return names;
}

}  // namespace

std::vector<std::string> proxy_choices() {
  std::vector<std::string> names = proxies().names();
  for (const std::string& vote : votes().names()) names.push_back(vote);
  names.push_back(all_proxies);
  return names;
}

RankingRule ranking_rule(const Config& config) {
  if (!config.score.rank_by.empty()) return RankingRule::parse(config.score.rank_by);
  if (config.score.proxies.empty()) return RankingRule::parse("auto");
  const std::string& first = config.score.proxies.front();
  return RankingRule::parse(first == all_proxies ? "auto" : first);
}

std::vector<std::string> effective_proxies(const Config& config) {
  std::vector<std::string> names;
  const auto add = [&names](const std::string& name) {
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  };
  for (const std::string& item : config.score.proxies) {
    for (const std::string& name : expanded(item)) add(name);
  }
  for (const RankingMember& member : ranking_rule(config).members) add(member.proxy);
  return names;
}

}  // namespace wrcor
