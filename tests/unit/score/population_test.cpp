#include "score/population.h"

#include "score/published.h"
#include "support/catch.h"
#include "wrcor/core/error.h"
#include "wrcor/space/builtin.h"
#include "wrcor/space/nas_bench_201.h"

using namespace wrcor;

TEST_CASE("9,445 cells of nas-bench-201 have no dead branch", "[score][population]") {
  const NasBench201 space;
  const Population& live = populations().find("live").value;
  int count = 0;
  for (std::uint64_t id = 0; id < *space.size(); ++id) count += live.contains(space, space.at(id));
  CHECK(count == 9445);
  // Nothing reaches node 1, so that its convolution is dead.
  CHECK_FALSE(live.contains(
      space,
      space.parse("|none~0|+|skip_connect~0|nor_conv_3x3~1|+|none~0|none~1|skip_connect~2|")));
  CHECK(live.contains(
      space, space.parse("|none~0|+|skip_connect~0|none~1|+|none~0|none~1|skip_connect~2|")));
}

TEST_CASE("a space without cells has no dead branches", "[score][population]") {
  SpaceChoice choice;
  choice.name = "mbv2";
  const auto space = make_naming_space(choice);
  Rng rng(1);
  const Genotype some = space->sample(rng);
  CHECK(populations().find("all").value.contains(*space, some));
  CHECK_THROWS_AS(populations().find("live").value.contains(*space, some), UsageError);
}

TEST_CASE("published figures are correlations on a known number of cells", "[score][population]") {
  for (const PublishedMethod& method : published_methods()) {
    const int cells = method.population == "all"    ? 15625
                      : method.population == "live" ? 9445
                                                    : method.architectures;
    CHECK(method.architectures == cells);
    for (const PublishedFigure& figure : method.figures) {
      for (const auto& value : {figure.kendall, figure.spearman, figure.ndcg})
        CHECK((!value || (*value > 0 && *value < 1)));
    }
  }
}
