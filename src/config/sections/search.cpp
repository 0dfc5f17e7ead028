#include "config/internal/sections.h"
#include "config/internal/setting_makers.h"
#include "wrcor/search/builtin.h"

namespace wrcor {

using namespace setting_makers;

std::vector<Setting> search_settings() {
  return {
      name(MEMBER(search.strategy), "--strategy",
           {"strategy", "strategies", [] { return strategies().names(); }}, "search strategy"),
      with_scope(Scope::length,
                 integer(MEMBER(search.budget), "--budget", 1, 1'000'000'000,
                         "maximum number of proposals, duplicates included; none: 1000, or all for "
                         "exhaustive")),
      with_scope(Scope::length, number_above_0(MEMBER(search.max_seconds), "--max-seconds", 1e9,
                                               "time limit of the search in seconds")),
      integer(MEMBER(search.window), "--window", 1, 1'000'000,
              "proposals in flight; 1 is the sequential algorithm"),
      named_value(
          MEMBER(search.dedupe), "--dedupe", "kind of class", "kinds of class",
          NamedValues<Dedupe>{
              {"strict", Dedupe::strict}, {"score", Dedupe::score}, {"exact", Dedupe::exact}},
          "which cells count as one: equal networks, equal scores, or none"),
      integer(MEMBER(search.population), "--population", 2, 1'000'000,
              "evolution: architectures kept"),
      integer(MEMBER(search.tournament), "--tournament", 1, 1'000'000,
              "evolution: architectures that compete to be a parent; at most the population"),
      boolean(MEMBER(search.replacement), "--replacement", "--no-replacement",
              "random: an architecture may be proposed again"),
      // With it, most scores are from one draw, whatever score.repeats.
      with_scope(Scope::weights,
                 integer(MEMBER(search.refine), "--refine", 1, 1'000'000,
                         "best architectures that are scored with all --repeats at the end, the "
                         "others with one; none: all are")),
  };
}

}  // namespace wrcor
