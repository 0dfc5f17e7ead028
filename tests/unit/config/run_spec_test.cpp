#include "wrcor/config/run_spec.h"

#include "support/catch.h"
#include "wrcor/score/proxies.h"

using namespace wrcor;

TEST_CASE("a configuration is resolved with all that follows from it", "[config][spec]") {
  Config config;
  config.data.name = "cifar100";
  config.score.proxies = {"acor"};
  config.score.rank_by = "az(gcor,-acor)";
  config.search.strategy = "random";
  config.search.budget = 7;
  config.constraints.max_flops = 1'000'000;
  config.run.seed = 5;
  const RunSpec spec = resolve(config);
  CHECK(spec.data.classes == 100);
  CHECK(spec.space->name() == "nb201");
  CHECK(spec.rule == RankingRule::parse("az(gcor,-acor)"));
  CHECK(spec.proxies == std::vector<std::string>{"acor", "gcor"});
  CHECK(spec.search.strategy == "random");
  CHECK(spec.search.limits.max_flops == 1'000'000);
  CHECK(spec.search.seed == seeds_of(5).search);
  CHECK(spec.search.most_proposals(std::nullopt) == 7);
  CHECK(spec.search.most_proposals(3) == 3);
  // As the user wrote it.
  CHECK(spec.config.score.proxies == std::vector<std::string>{"acor"});
}

TEST_CASE("the space of a run is another one for images of another size only", "[config][spec]") {
  const RunSpec spec = resolve({});
  CHECK(space_for(spec, {32, 32}) == spec.space);
  const auto larger = space_for(spec, {64, 64});
  const Genotype genotype = larger->at(0);
  CHECK(larger->costs(genotype).params == spec.space->costs(genotype).params);
  CHECK(larger->costs(genotype).flops > spec.space->costs(genotype).flops);
}
