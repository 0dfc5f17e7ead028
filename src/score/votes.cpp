#include "wrcor/score/votes.h"

namespace wrcor {
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
    using enum VoteMethod;
    // One proxy for each property that a network needs before it can learn; see docs/concepts.md.
    all.add("auto",
            "seven properties of a trainable network, one proxy each; the default of search",
            {logrank,
             {"wrcor", "jacob_cor", "az_expressivity", "az_trainability", "az_progressivity",
              "synflow", "params"}});
    // Jing et al., arXiv 2507.08841; Abdelfattah et al., arXiv 2101.08134.
    all.add("sjw", "majority of synflow, jacob_cor and wrcor, as published",
            {pairwise, {"synflow", "jacob_cor", "wrcor"}});
    all.add("spw", "majority of synflow, l2_norm and wrcor, as published",
            {pairwise, {"synflow", "l2_norm", "wrcor"}});
    all.add("zerocost", "majority of synflow, jacob_cor and snip, as published",
            {pairwise, {"synflow", "jacob_cor", "snip"}});
    // Lee and Ham, AZ-NAS, CVPR 2024.
    all.add("aznas", "the four components of AZ-NAS, as published",
            {logrank, {"az_expressivity", "az_progressivity", "az_trainability", "az_complexity"}});
    all.add(
        "synflow_az", "synflow and the four components of AZ-NAS, as published",
        {logrank,
         {"synflow", "az_expressivity", "az_progressivity", "az_trainability", "az_complexity"}});
    // Tybl and Neumann, arXiv 2502.04975.
    all.add("vkdnw_agg", "vkdnw, jacob_cor, two components of AZ-NAS and flops, as published",
            {logrank, {"vkdnw", "jacob_cor", "az_expressivity", "az_trainability", "flops"}});
    return all;
  }();
  return registry;
}

}  // namespace wrcor
