#include "search/training_ledger.h"

#include "support/catch.h"
#include "wrcor/core/error.h"

using namespace wrcor;

namespace {

TrainingTable table(bool continues = false) {
  TrainingTable result{{{1, {"a"}}, {4, {"b"}}, {16, {"c"}}}, continues, {}};
  result.networks["slow"] = {{10, 20, 30}, {10, 40, 160}, {1}};
  result.networks["quick"] = {{11, 15, 30}, {1, 4, 16}, {2}};
  result.networks["gap"] = {{std::nullopt, 40, 50}, {1, 4, 16}, {3}};
  return result;
}

}  // namespace

TEST_CASE("a training costs its seconds, once", "[search][ledger]") {
  const TrainingTable trainings = table();
  TrainingLedger ledger(trainings, 100);
  CHECK(ledger.train("slow", 0) == 10.0);
  CHECK(ledger.spent() == 10);
  CHECK(ledger.train("slow", 0) == 10.0);
  CHECK(ledger.spent() == 10);
  CHECK(ledger.train("slow", 1) == 20.0);  // from scratch
  CHECK(ledger.spent() == 50);
  CHECK(ledger.trained() == 1);
}

TEST_CASE("along a curve a training continues", "[search][ledger]") {
  const TrainingTable trainings = table(true);
  TrainingLedger ledger(trainings, 1000);
  ledger.train("slow", 0);
  ledger.train("slow", 2);
  CHECK(ledger.spent() == 160);
  ledger.train("slow", 1);  // has been passed
  CHECK(ledger.spent() == 160);
  ledger.train("quick", 1);
  ledger.train("quick", 2);
  CHECK(ledger.spent() == 176);
}

TEST_CASE("a training that does not end in the budget ends the search", "[search][ledger]") {
  const TrainingTable trainings = table();
  TrainingLedger ledger(trainings, 41);
  CHECK(ledger.train("slow", 1));
  CHECK_FALSE(ledger.train("slow", 0));
  CHECK(ledger.over());
  CHECK(ledger.spent() == 40);
  CHECK_FALSE(ledger.train("quick", 0));  // although it would fit
}

TEST_CASE("what else takes time is paid, too", "[search][ledger]") {
  const TrainingTable trainings = table();
  TrainingLedger ledger(trainings, 12);
  ledger.spend(11);
  CHECK_FALSE(ledger.over());
  CHECK(ledger.train("quick", 0));
  ledger.spend(1);
  CHECK(ledger.over());
  CHECK_FALSE(ledger.train("quick", 0));
}

TEST_CASE("the answer is the best of the highest fidelity", "[search][ledger]") {
  const TrainingTable trainings = table();
  TrainingLedger ledger(trainings, 1000);
  const auto answer = [&] { return ledger.incumbents().back().network->metrics.front(); };
  ledger.train("slow", 0);
  CHECK(answer() == 1);
  ledger.train("quick", 0);
  CHECK(answer() == 2);
  ledger.train("slow", 1);
  CHECK(answer() == 1);
  ledger.train("quick", 1);  // worse
  CHECK(answer() == 1);
  ledger.train("quick", 2);
  CHECK(answer() == 2);
  ledger.train("slow", 2);  // equal, later
  CHECK(answer() == 2);
  std::vector<double> moments;
  for (const auto& incumbent : ledger.incumbents()) moments.push_back(incumbent.seconds);
  CHECK((moments == std::vector<double>{10, 11, 51, 71}));
}

TEST_CASE("what the table lacks is an error", "[search][ledger]") {
  const TrainingTable trainings = table();
  TrainingLedger ledger(trainings, 1000);
  CHECK_THROWS_WITH(ledger.train("none", 0), ContainsSubstring("has no row for none"));
  CHECK_THROWS_WITH(ledger.train("gap", 0), ContainsSubstring("no a after 1 epoch of gap"));
}
