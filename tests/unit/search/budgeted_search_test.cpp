#include "search/budgeted_search.h"

#include <algorithm>

#include "support/catch.h"
#include "wrcor/core/error.h"
#include "wrcor/space/nas_bench_201.h"

using namespace wrcor;

namespace {

const NasBench201 space;

/// All cells. What training shows, and what it is worth, is the number of 3x3 convolutions, after
/// a short one without those of the last edge. Trainings take 10 and 100 seconds.
TrainingTable trainings() {
  TrainingTable table{{{1, {"short"}}, {10, {"long"}}}, false, {}};
  for (std::uint64_t id = 0; id < NasBench201::cell_count; ++id) {
    const Genotype cell = space.at(id);
    const auto count = [](auto first, auto last) {
      return static_cast<double>(std::count(first, last, NasBench201::nor_conv_3x3));
    };
    table.networks[space.format(cell)] = {
        {count(cell.begin(), cell.end() - 1), count(cell.begin(), cell.end())},
        {10, 100},
        {count(cell.begin(), cell.end())}};
  }
  return table;
}

Guide oracle(const TrainingTable& table, double seconds) {
  Guide guide{"oracle", seconds, {}};
  for (const auto& [arch, network] : table.networks)
    guide.values[arch] = network.metrics.front().value();
  return guide;
}

BudgetedConditions conditions(int workers = 2) {
  return {.seconds = 1000,
          .runs = 10,
          .seed = 3,
          .pool = 50,
          .filter_percent = 10,
          .warm_start = 5,
          .workers = workers};
}

SearchSpec exact() {
  SearchSpec spec;
  spec.options.dedupe = Dedupe::exact;
  spec.options.values["population"] = std::int64_t{10};
  spec.options.values["warm_up"] = std::int64_t{10};
  return spec;
}

}  // namespace

TEST_CASE("searches train until the budget is spent", "[search][budget]") {
  const TrainingTable table = trainings();
  const BudgetedSearches searches(space, exact(), table, {"convolutions"}, conditions());
  for (const SearchMethod& method : search_methods(2)) {
    INFO(method.name << " " << method.fidelity.value_or(9));
    const BudgetedSearch result = searches.run(method, Guidance::none, nullptr);
    CHECK(result.scored == 0);
    if (method.fidelity == 0u) CHECK(result.trained == 100);
    if (method.fidelity == 1u) CHECK(result.trained == 10);
    if (!method.fidelity) {
      CHECK(result.trained > 10);
      CHECK(result.trained < 100);
    }
    REQUIRE(result.anytime.size() == BudgetedSearches::moments);
    CHECK(result.anytime.back().value().front().mean == result.metrics.front().mean);
    CHECK(result.metrics.front().mean >= 2);
    CHECK(result.metrics.front().mean <= 6);
    // The first training ends after 10 or 100 of 1000 seconds.
    CHECK(result.anytime[3].has_value() == (method.fidelity != 1u));
    CHECK(result.anytime[4].has_value());
  }
}

TEST_CASE("the methods are strategies and successive halving", "[search][budget]") {
  std::vector<std::string> names;
  for (const SearchMethod& method : search_methods(2))
    names.push_back(method.name + (method.fidelity ? std::to_string(*method.fidelity) : ""));
  CHECK((names == std::vector<std::string>{"random0", "random1", "evolution0", "evolution1",
                                           "reinforce0", "reinforce1", "local0", "local1",
                                           "successive_halving", "hyperband"}));
  CHECK(search_methods(1).size() == 4);
}

TEST_CASE("a ranking helps, and is paid for", "[search][budget]") {
  const TrainingTable table = trainings();
  const BudgetedSearches searches(space, exact(), table, {"convolutions"}, conditions());
  const Guide free = oracle(table, 0), dear = oracle(table, 10);
  const SearchMethod random{"random", 0};
  const auto at_first = [](const BudgetedSearch& search) {
    return search.anytime.front().value().front().mean;  // after two trainings
  };
  const double unguided = at_first(searches.run(random, Guidance::none, nullptr));
  for (const Guidance guidance : {Guidance::filter, Guidance::warm_start}) {
    const BudgetedSearch helped = searches.run(random, guidance, &free);
    CHECK(helped.score == "oracle");
    CHECK(helped.scored >= 50);
    CHECK(helped.trained == 100);
    CHECK(at_first(helped) > unguided);
    const BudgetedSearch paying = searches.run(random, guidance, &dear);
    CHECK(paying.trained <= 50);
    CHECK_FALSE(paying.anytime[24]);  // until 500 seconds it scores
    CHECK(paying.anytime[25]);
  }
  // What a filter lets through scores as high as the best tenth of the pool.
  CHECK(at_first(searches.run(random, Guidance::filter, &free)) >= 2.5);
}

TEST_CASE("a warm start begins with the best of the pool", "[search][budget]") {
  const TrainingTable table = trainings();
  BudgetedConditions whole = conditions();
  whole.pool = NasBench201::cell_count;
  const Guide guide = oracle(table, 0);
  const BudgetedSearches searches(space, exact(), table, {"convolutions"}, whole);
  for (const char* name : {"random", "evolution", "reinforce", "local"}) {
    INFO(name);
    const BudgetedSearch result = searches.run({name, 1}, Guidance::warm_start, &guide);
    CHECK(result.anytime[4].value().front().mean >= 5);  // after one training
  }
}

TEST_CASE("budgeted searches are a function of the seed", "[search][budget]") {
  const TrainingTable table = trainings();
  const Guide guide = oracle(table, 1);
  const auto results = [&](int workers, std::uint64_t seed) {
    BudgetedConditions with = conditions(workers);
    with.seed = seed;
    const BudgetedSearches searches(space, exact(), table, {"convolutions"}, with);
    std::vector<double> values;
    for (const SearchMethod& method : search_methods(2)) {
      for (const Guidance guidance : {Guidance::none, Guidance::filter, Guidance::warm_start}) {
        const BudgetedSearch result =
            searches.run(method, guidance, guidance == Guidance::none ? nullptr : &guide);
        values.insert(values.end(), {result.metrics.front().mean, result.metrics.front().deviation,
                                     result.scored, result.trained});
      }
    }
    return values;
  };
  const auto one = results(1, 3);
  CHECK((results(4, 3) == one));
  CHECK((results(1, 4) != one));
}

TEST_CASE("a search of a small space ends when everything is known", "[search][budget]") {
  TrainingTable table = trainings();
  BudgetedConditions rich = conditions();
  rich.seconds = 1e9;
  rich.runs = 1;
  SearchSpec spec = exact();
  spec.budget = 500;
  const BudgetedSearches searches(space, spec, table, {"convolutions"}, rich);
  CHECK(searches.run({"random", 0}, Guidance::none, nullptr).trained <= 500);
}

TEST_CASE("conditions that no search can keep are refused", "[search][budget]") {
  TrainingTable table = trainings();
  BudgetedConditions poor = conditions();
  poor.seconds = 50;
  const BudgetedSearches searches(space, exact(), table, {"convolutions"}, poor);
  CHECK_THROWS_WITH(searches.run({"random", 1}, Guidance::none, nullptr),
                    ContainsSubstring("--simulated-seconds: expected at least 100"));
  const Guide guide = oracle(table, 1);
  CHECK_THROWS_WITH(searches.run({"random", 0}, Guidance::filter, &guide),
                    ContainsSubstring("expected at least 60"));
  CHECK_NOTHROW(searches.run({"random", 0}, Guidance::none, nullptr));
  const Guide empty{"empty", 0, {}};
  CHECK_THROWS_WITH(searches.run({"random", 0}, Guidance::filter, &empty),
                    ContainsSubstring("no score 'empty' of |"));
  table.networks.erase(table.networks.begin(), std::next(table.networks.begin(), 15'000));
  CHECK_THROWS_WITH(searches.run({"random", 0}, Guidance::none, nullptr),
                    ContainsSubstring("the benchmark has no row for |"));
}
