#include "search/simulated_search.h"

#include "support/catch.h"
#include "wrcor/core/error.h"
#include "wrcor/space/nas_bench_201.h"

using namespace wrcor;

namespace {

/// Every strict class; the fitness is the number of 3x3 convolutions, the first metric the same,
/// the second its negative.
SearchTable table(const NasBench201& space) {
  SearchTable result{RankingRule::parse("+params"), {}};
  for (std::uint64_t id = 0; id < NasBench201::cell_count; ++id) {
    const Genotype cell = space.at(id);
    if (space.representative(cell, Dedupe::strict) != cell) continue;
    const auto count =
        static_cast<double>(std::count(cell.begin(), cell.end(), NasBench201::nor_conv_3x3));
    const auto fitness = space.connected(cell) ? std::optional(count) : std::nullopt;
    result.rows[space.format(cell)] = {{fitness}, {count, -count}};
  }
  return result;
}

const std::vector<std::string> metrics = {"convolutions", "loss"};

}  // namespace

TEST_CASE("a simulated search reports the metrics of the best it found", "[search][simulate]") {
  const NasBench201 space;
  SearchSpec spec;
  spec.budget = 400;
  spec.options.values["population"] = 32;
  SimulatedSearches searches(space, spec, 0);
  const SearchTable all = table(space);
  const SimulatedSearch exhaustive = searches.run("exhaustive", all, metrics, 20);
  CHECK(exhaustive.runs == 1);
  CHECK(exhaustive.evaluations == 5260);
  CHECK(exhaustive.proposals == 5260);
  CHECK(exhaustive.metrics[0]->mean == 6);
  CHECK(exhaustive.metrics[1]->mean == -6);
  CHECK(exhaustive.metrics[0]->deviation == 0);
  const SimulatedSearch evolution = searches.run("evolution", all, metrics, 20);
  CHECK(evolution.runs == 20);
  CHECK(evolution.metrics[0]->mean > 5.5);
  CHECK(evolution.evaluations < 400);
  CHECK(evolution.proposals == 400);
  const SimulatedSearch random = searches.run("random", all, metrics, 20);
  CHECK(random.metrics[0]->mean < evolution.metrics[0]->mean);
  CHECK(random.metrics[0]->mean == -random.metrics[1]->mean);
  CHECK(random.metrics[0]->deviation > 0);
  CHECK(random.metrics[0]->deviation == Approx(random.metrics[1]->deviation));
}

TEST_CASE("run k of a simulation has the seed of the configuration plus k", "[search][simulate]") {
  const NasBench201 space;
  const SearchTable all = table(space);
  const auto mean = [&](std::uint64_t seed, int runs) {
    SearchSpec spec;
    spec.budget = 30;
    return SimulatedSearches(space, spec, seed).run("random", all, metrics, runs).metrics[0]->mean;
  };
  CHECK(mean(5, 3) == Approx((mean(5, 1) + mean(6, 1) + mean(7, 1)) / 3));
}

TEST_CASE("a simulated search ranks by the vote over what it has met", "[search][simulate]") {
  const NasBench201 space;
  SearchTable all = table(space);
  for (auto& [arch, entry] : all.rows) {
    const auto fitness = entry.scores.front();
    entry.scores = {fitness, fitness, fitness};
  }
  SearchSpec spec;
  spec.budget = 200;
  spec.options.values["population"] = 32;
  // Where two members want the opposite of each other, the third decides.
  for (const char* rule : {"az(+params,+flops,+wrcor)", "ranksum(+params,-flops,+wrcor)",
                           "copeland(+params,-flops,+wrcor)", "pairwise(+params,-flops,+wrcor)"}) {
    INFO(rule);
    all.rule = RankingRule::parse(rule);
    SimulatedSearches searches(space, spec, 0);
    CHECK(searches.run("exhaustive", all, metrics, 1).metrics[0]->mean == 6);
    CHECK(searches.run("evolution", all, metrics, 5).metrics[0]->mean > 4.5);
  }
}

TEST_CASE("of equally good architectures a simulated search finds the mean", "[search][simulate]") {
  const NasBench201 space;
  SearchTable flat = table(space);
  double mean = 0;
  for (auto& [arch, entry] : flat.rows) {
    entry.scores = {1};
    mean += *entry.metrics[0] / static_cast<double>(flat.rows.size());
  }
  SimulatedSearches searches(space, {}, 0);
  const SimulatedSearch exhaustive = searches.run("exhaustive", flat, metrics, 1);
  CHECK(exhaustive.metrics[0]->mean == Approx(mean));
  CHECK(exhaustive.metrics[1]->mean == Approx(-mean));
}

TEST_CASE("a simulated search without a score finds nothing", "[search][simulate]") {
  const NasBench201 space;
  SearchTable none = table(space);
  for (auto& [arch, entry] : none.rows) entry.scores = {std::nullopt};
  SimulatedSearches searches(space, {}, 0);
  for (const std::string& strategy : SimulatedSearches::strategies(space)) {
    INFO(strategy);
    CHECK_FALSE(searches.run(strategy, none, metrics, 2).metrics[0]);
  }
}

TEST_CASE("a search needs scores of all that it proposes", "[search][simulate]") {
  const NasBench201 space;
  SearchTable some = table(space);
  some.rows.erase(some.rows.begin());
  SimulatedSearches searches(space, {}, 0);
  CHECK_THROWS_WITH(searches.run("exhaustive", some, metrics, 1),
                    ContainsSubstring("no score, or no row of the benchmark, for |") &&
                        ContainsSubstring("wrcor score --unique"));
  some = table(space);
  for (auto& [arch, entry] : some.rows) entry.metrics[1].reset();
  CHECK_THROWS_WITH(searches.run("exhaustive", some, metrics, 1),
                    ContainsSubstring("the benchmark has no loss of |"));
}

TEST_CASE("strategies that enumerate come last", "[search][simulate]") {
  const std::vector<std::string> names = SimulatedSearches::strategies(NasBench201());
  CHECK(names.front() == "random");
  CHECK(names.back() == "exhaustive");
}

TEST_CASE("with costs to minimise a simulated search reports its share of the table's front",
          "[search][simulate]") {
  const NasBench201 space;
  const SearchTable all = table(space);
  SearchSpec spec;
  spec.budget = 300;
  spec.minimize = {"params"};
  spec.limits.known = spec.minimize;
  const SimulatedSearches searches(space, spec, 0);
  const auto share = [&](const std::string& strategy) {
    return searches.run(strategy, all, metrics, 5).front_share;
  };
  CHECK(share("exhaustive")->mean == 1);
  CHECK(share("nsga2")->mean > share("random")->mean);
  CHECK(share("nsga2")->mean <= 1);
  CHECK_FALSE(SimulatedSearches(space, {}, 0).run("exhaustive", all, metrics, 1).front_share);
}
