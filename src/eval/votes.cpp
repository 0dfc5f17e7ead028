#include "wrcor/eval/votes.h"

#include <algorithm>
#include <utility>

#include "wrcor/proxy/builtin.h"

namespace wrcor {
namespace {

bool registered(const std::string& member) {
  const std::vector<std::string> known = proxies().names();
  const std::string name = member.substr(member.find_first_not_of("+-"));
  return std::find(known.begin(), known.end(), name) != known.end();
}

}  // namespace

const Registry<VoteMethod>& vote_methods() {
  static const Registry<VoteMethod> registry = [] {
    Registry<VoteMethod> all("method", "methods");
    all.add("copeland", "duels won minus lost, a majority of members deciding each; the default",
            VoteMethod::copeland);
    all.add("pairwise", "the duel itself, as published; a set is ranked by copeland",
            VoteMethod::pairwise);
    all.add("ranksum", "mean rank over the members", VoteMethod::ranksum);
    all.add("borda", "architectures beaten, summed over the members; orders as ranksum",
            VoteMethod::borda);
    all.add("zscore", "mean standardised score; outliers carry much weight", VoteMethod::zscore);
    all.add("logrank", "sum of ln(rank/n): one bad rank weighs more than in ranksum",
            VoteMethod::logrank);
    all.add("az", "the same as logrank, which AZ-NAS uses", VoteMethod::logrank);
    return all;
  }();
  return registry;
}

const Registry<Vote>& votes() {
  static const Registry<Vote> registry = [] {
    Registry<Vote> all("vote", "votes");
    const auto add = [&all](const char* name, const char* summary, Vote vote) {
      if (std::all_of(vote.members.begin(), vote.members.end(), registered)) {
        all.add(name, summary, std::move(vote));
      }
    };
    using enum VoteMethod;
    // Jing et al., arXiv 2507.08841; Abdelfattah et al., arXiv 2101.08134.
    add("sjw", "majority of synflow, jacob_cor and wrcor, as published",
        {pairwise, {"synflow", "jacob_cor", "wrcor"}});
    add("spw", "majority of synflow, l2_norm and wrcor, as published",
        {pairwise, {"synflow", "l2_norm", "wrcor"}});
    add("zerocost", "majority of synflow, jacob_cor and snip, as published",
        {pairwise, {"synflow", "jacob_cor", "snip"}});
    return all;
  }();
  return registry;
}

}  // namespace wrcor
