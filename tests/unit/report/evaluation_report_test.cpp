#include "report/evaluation_report.h"

#include <nlohmann/json.hpp>

#include "support/catch.h"
#include "support/document_check.h"

using namespace wrcor;

namespace {

EvaluationReport report() {
  EvaluationReport report;
  report.benchmark = "t.csv";
  report.scored = 5;
  report.in_benchmark = 4;
  report.options = {.k = 3, .resamples = 50, .seed = 7};
  Comparison row{"wrcor", "proxy", "acc", 4, 1, {}, {}};
  row.measures[Measure::spearman] = 0.75;
  row.intervals[Measure::spearman] = Interval{0.5, 0.875};
  row.measures[Measure::regret_top_1] = 2.125;
  report.comparisons.push_back(row);
  return report;
}

SimulationReport simulation() {
  return {{"acc"},
          {{"wrcor", {"random", 10, 100, 61.5, {Spread{90.25, 1.5}}}},
           {"none", {"random", 10, 100, 61.5, {std::nullopt}}}},
          {{10, {{91, 0.5}}}},
          {{"|x|", 94.375}},
          7};
}

}  // namespace

TEST_CASE("the table of an evaluation leaves undefined measures empty", "[report][evaluation]") {
  CHECK(evaluation_table(report()) ==
        "score  metric  n  undefined  rho                   tau  r  top 3  top 5 %  regret 1  "
        "regret 5\n"
        "wrcor  acc     4          1  0.750 [0.500, 0.875]                              2.13\n");
}

TEST_CASE("simulated searches stand below, with what chance reaches", "[report][evaluation]") {
  EvaluationReport both = report();
  both.simulation = simulation();
  const std::string text = evaluation_table(both);
  CHECK(text.substr(text.find("\n\n") + 2) ==
        "score  search              runs  proposals  evaluated  acc\n"
        "wrcor  random                10        100       61.5  90.25 ± 1.50\n"
        "none   random                10        100       61.5\n"
        "       best of 10 trained                              91.00 ± 0.50\n"
        "       optimum                                         94.38\n");
}

TEST_CASE("an evaluation as Markdown", "[report][evaluation]") {
  CHECK(evaluation_markdown(report()) ==
        "| score | metric | n | undefined | rho | tau | r | top 3 | top 5 % | regret 1 | regret 5 "
        "|\n"
        "|---|---|---:|---:|---|---|---|---|---|---:|---|\n"
        "| wrcor | acc | 4 | 1 | 0.750 [0.500, 0.875] |  |  |  |  | 2.13 |  |\n");
}

TEST_CASE("an evaluation as CSV has all intervals", "[report][evaluation]") {
  const std::string text = evaluation_csv(report());
  CHECK(
      text.starts_with("score,kind,metric,architectures,undefined,spearman,spearman_low,"
                       "spearman_high,kendall,"));
  CHECK(text.find("\nwrcor,proxy,acc,4,1,0.75,0.5,0.875,,,,") != std::string::npos);
}

TEST_CASE("an evaluation as JSON has null where something is undefined", "[report][evaluation]") {
  EvaluationReport both = report();
  both.simulation = simulation();
  const auto json = nlohmann::json::parse(evaluation_json(both));
  CHECK(test::schema_violations("evaluation", json) == std::vector<std::string>{});
  CHECK(json.at("benchmark") == "t.csv");
  CHECK(json.at("architectures") == nlohmann::json{{"scored", 5}, {"in_benchmark", 4}});
  CHECK(json.at("bootstrap").at("resamples") == 50);
  const auto& row = json.at("comparisons").at(0);
  CHECK(row.at("spearman") == nlohmann::json{{"value", 0.75}, {"low", 0.5}, {"high", 0.875}});
  CHECK(row.at("kendall").at("value").is_null());
  CHECK(row.at("regret_top_1").at("low").is_null());
  const auto& search = json.at("simulated_search");
  CHECK(search.at("searches").at(0).at("metrics").at("acc").at("mean") == 90.25);
  CHECK(search.at("searches").at(1).at("metrics").at("acc").is_null());
  CHECK(search.at("best_of_trained").at(0).at("networks") == 10);
  CHECK(search.at("optimum").at("acc").at("arch") == "|x|");
  CHECK_FALSE(nlohmann::json::parse(evaluation_json(report())).contains("simulated_search"));
}

TEST_CASE("the measures of the top have a table of their own", "[report][evaluation]") {
  EvaluationReport top = report();
  top.all_measures = true;
  Comparison live = top.comparisons.front();
  live.population = "live";
  live.measures[Measure::ndcg] = 0.5;
  live.measures[Measure::kendall_same_size] = -0.25;
  top.comparisons.push_back(live);
  const std::string text = evaluation_table(top);
  CHECK(text.substr(text.find("\n\n") + 2) ==
        "score  metric  population  n  rho of best 5 %  tau of best 5 %  rho of best 10 %  "
        "tau of best 10 %   nDCG  tau at equal size\n"
        "wrcor  acc     all         4\n"
        "wrcor  acc     live        4                                                      "
        "                  0.500             -0.250\n");
}

TEST_CASE("published figures stand next to ours, by population", "[report][evaluation]") {
  EvaluationReport published = report();
  published.published = {"cifar10"};
  published.comparisons.front().measures[Measure::kendall] = 0.75;
  const std::string text = evaluation_markdown(published);
  const std::size_t table =
      text.find("| population | n | method | cifar10 tau | rho | nDCG | source |");
  REQUIRE(table != std::string::npos);
  const auto place = [&](const std::string& row) {
    const std::size_t found = text.find(row, table);
    INFO(row << " in " << text);
    REQUIRE(found != std::string::npos);
    return found;
  };
  // By tau: fitted methods say so, those without a tau follow.
  const std::size_t ours = place("| all | 4 | wrcor | 0.750 | 0.750 |  | measured here |");
  CHECK(place("| all | 15625 | GreenFactory random forest (uses accuracies) | 0.921 |") < ours);
  CHECK(place("| all | 15625 | AZ-NAS | 0.741 | 0.913 |  |") > ours);
  CHECK(place("| all | 15625 | MeCo |  | 0.894 |  |") > place("| all | 15625 | Zen |"));
  CHECK(place("| live | 9445 | AZ-NAS | 0.712 | 0.892 | 0.749 |") > ours);

  const auto json = nlohmann::json::parse(evaluation_json(published));
  CHECK(test::schema_violations("evaluation", json) == std::vector<std::string>{});
  CHECK(json.at("published").at(0).at("figures").at("cifar10").at("kendall") == 0.578);
}
