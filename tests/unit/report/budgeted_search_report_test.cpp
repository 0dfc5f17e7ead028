#include "report/budgeted_search_report.h"

#include "report/evaluation_report.h"
#include "support/catch.h"
#include "support/document_check.h"
#include "support/temporary_folder.h"
#include "wrcor/core/error.h"

using namespace wrcor;
using namespace wrcor::test;

namespace {

BudgetedSearch search(SearchMethod method, Guidance guidance, const std::string& score) {
  BudgetedSearch result{std::move(method), guidance, score, 50.5, 12.25, {{93.5, 0.25}}, {}};
  for (int moment = 0; moment < BudgetedSearches::moments; ++moment) {
    result.anytime.emplace_back();
    if (moment >= 5) result.anytime.back() = {{90 + moment / 16.0, 0.5}};
  }
  return result;
}

BudgetedSearchReport budgeted_report(bool guided = true) {
  BudgetedSearchReport report;
  report.metrics = {"test"};
  report.conditions.seconds = 1000;
  report.conditions.runs = 7;
  report.conditions.seed = 3;
  report.fidelities = {{{12, {"val"}}, {10, 90, 0.125}}, {{200, {"full"}}, {100, 0, {}}}};
  for (int moment = 0; moment < BudgetedSearches::moments; ++moment)
    report.moments.push_back(20.0 * (moment + 1));
  report.searches = {search({"random", 1}, Guidance::none, "")};
  if (guided) {
    report.searches.push_back(search({"successive_halving", {}}, Guidance::warm_start, "wrcor"));
    report.scoring_seconds["wrcor"] = 0.5;
  }
  report.optima = {{"|x|", 94.375}};
  return report;
}

std::string document(const BudgetedSearchReport& budgeted) {
  EvaluationReport evaluation;
  evaluation.benchmark = "t.csv";
  evaluation.budgeted = budgeted;
  return evaluation_json(evaluation);
}

}  // namespace

TEST_CASE("a table of searches under a budget", "[report][budget]") {
  const TextTable plain = budgeted_table(budgeted_report(false));
  CHECK((plain.header == std::vector<std::string>{"search", "epochs", "trained", "test"}));
  CHECK(
      (plain.rows == std::vector<std::vector<std::string>>{
                         {"random", "200", "12.3", "93.50 ± 0.25"}, {"optimum", "", "", "94.38"}}));
  const TextTable guided = budgeted_table(budgeted_report());
  CHECK((guided.rows[1] == std::vector<std::string>{"successive halving", "12 to 200",
                                                    "warm start by wrcor", "50.5", "12.3",
                                                    "93.50 ± 0.25"}));
}

TEST_CASE("published searches are said to be quoted", "[report][budget]") {
  BudgetedSearchReport published = budgeted_report(false);
  published.published = {"cifar100"};
  const TextTable table = budgeted_table(published);
  const auto row = [&](const std::string& name) {
    for (const auto& cells : table.rows) {
      if (cells.front() == name) return cells;
    }
    return std::vector<std::string>();
  };
  CHECK(row("random").back() == "simulated here");
  CHECK(row("REA").at(3) == "71.84");
  CHECK_THAT(row("REA").back(), StartsWith("quoted: NAS-Bench-201"));
  CHECK_THAT(row("ENAS").back(), StartsWith("quoted, shares weights: NAS-Bench-201"));
}

TEST_CASE("answers at moments, and the conditions", "[report][budget]") {
  const TextTable table = anytime_table(budgeted_report());
  CHECK((table.header == std::vector<std::string>{"search", "epochs", "guide", "test after 60 s",
                                                  "100 s", "200 s", "500 s", "1000 s"}));
  CHECK(table.rows[0][3].empty());
  CHECK(table.rows[0][5] == "90.56 ± 0.50");
  const std::vector<std::string> notes = budgeted_notes(budgeted_report());
  REQUIRE(notes.size() == 5);
  CHECK(notes[1] ==
        "12 epochs: selected by val; seconds of 10 networks measured, of 90 estimated from FLOPs "
        "(mean error of the fit 12.5 %).");
  CHECK(notes[2] == "200 epochs: selected by full; seconds of 100 networks measured.");
  CHECK(notes[4] == "Scoring by wrcor: 0.5 s an architecture, 1000 of them first in each run.");
}

TEST_CASE("the document of an evaluation gives its searches back", "[report][budget]") {
  BudgetedSearchReport published = budgeted_report();
  published.published = {"cifar10"};
  for (const BudgetedSearchReport& each : {budgeted_report(), published}) {
    const std::string text = document(each);
    CHECK(schema_violations("evaluation", nlohmann::json::parse(text)).empty());
    const TemporaryFolder folder;
    const BudgetedSearchReport back = read_budgeted_searches(folder.write("e.json", text));
    CHECK(document(back) == text);
  }
}

TEST_CASE("other documents have no searches", "[report][budget]") {
  const TemporaryFolder folder;
  const auto refusal = [&](const std::string& text) {
    try {
      read_budgeted_searches(folder.write("e.json", text));
    } catch (const DataError& error) {
      return std::string(error.what());
    }
    return std::string("accepted");
  };
  CHECK_THAT(refusal("{"), ContainsSubstring("e.json: ") && ContainsSubstring("expected what"));
  CHECK_THAT(refusal("[]"), ContainsSubstring("there are no simulated searches; expected what"));
  CHECK_THAT(refusal("{\"comparisons\": []}"), ContainsSubstring("no simulated searches"));
  const nlohmann::json good = nlohmann::json::parse(document(budgeted_report()));
  nlohmann::json newer = good;
  newer["schema_version"] = 99;
  CHECK_THAT(refusal(newer.dump()), ContainsSubstring("99"));
  // Nothing that is missing or of another type passes.
  const nlohmann::json& searches = good.at("budgeted_search");
  for (const auto& [key, value] : searches.items()) {
    INFO(key);
    nlohmann::json damaged = good;
    damaged["budgeted_search"].erase(key);
    if (key != "published") CHECK_THAT(refusal(damaged.dump()), ContainsSubstring("damaged"));
    damaged["budgeted_search"][key] = nlohmann::json::array({nullptr});
    if (key != "published") CHECK(refusal(damaged.dump()) != "accepted");
  }
  const auto with = [&](const char* pointer, const nlohmann::json& value) {
    nlohmann::json changed = good;
    changed[nlohmann::json::json_pointer(std::string("/budgeted_search") + pointer)] = value;
    return refusal(changed.dump());
  };
  CHECK_THAT(with("/moments", {1, 2}), ContainsSubstring("contradict"));
  CHECK_THAT(with("/searches/0/epochs", 13), ContainsSubstring("contradict"));
  CHECK_THAT(with("/searches/0/guide", "luck"), ContainsSubstring("contradict"));
  CHECK_THAT(with("/searches/0/anytime/test", nlohmann::json::array()),
             ContainsSubstring("damaged"));
  CHECK_THAT(with("/datasets", {"mnist"}), ContainsSubstring("contradict"));
  CHECK_THAT(with("/datasets", {"cifar10", "cifar100"}), ContainsSubstring("contradict"));
}
