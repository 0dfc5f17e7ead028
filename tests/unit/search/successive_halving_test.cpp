#include "search/successive_halving.h"

#include <map>

#include "support/catch.h"
#include "wrcor/core/error.h"

using namespace wrcor;

namespace {

/// Networks "0" to "99": the validation figure is the number, but after one epoch it is
/// meaningless for those from 50 on. A training takes a second an epoch.
TrainingTable table() {
  TrainingTable result{{{1, {"a"}}, {3, {"b"}}, {9, {"c"}}}, false, {}};
  for (int number = 0; number < 100; ++number) {
    const double figure = number;
    result.networks[std::to_string(number)] = {
        {number < 50 ? figure : 0, figure, figure}, {1, 3, 9}, {figure}};
  }
  return result;
}

}  // namespace

TEST_CASE("each round of successive halving keeps one network of as many", "[search][halving]") {
  // Jamieson and Talwalkar, arXiv 1502.07943, with a factor of 3.
  const std::vector<int> epochs{1, 3, 9, 27, 81};
  CHECK((widest_bracket(epochs) == Bracket{{0, 81}, {1, 27}, {2, 9}, {3, 3}, {4, 1}}));
  CHECK((halving_bracket(epochs, 2, 15) == Bracket{{2, 15}, {3, 5}, {4, 1}}));
}

TEST_CASE("successive halving over fidelities of a table", "[search][halving]") {
  const std::vector<int> epochs{12, 200};
  CHECK((widest_bracket(epochs) == Bracket{{0, 17}, {1, 1}}));
  CHECK((halving_bracket(epochs, 0, 3) == Bracket{{0, 3}, {1, 1}}));  // never none
}

TEST_CASE("a bracket trains the best of each round further", "[search][halving]") {
  const TrainingTable trainings = table();
  TrainingLedger ledger(trainings, 1000);
  int next = 40;
  run_bracket(
      {{0, 9}, {1, 3}, {2, 1}}, [&] { return std::to_string(next++); }, ledger);
  // 40 to 48; the best three, and the best.
  CHECK(ledger.spent() == 9 * 1 + 3 * 3 + 9);
  CHECK(ledger.trained() == 9);
  CHECK(ledger.incumbents().back().network->metrics.front() == 48);
  CHECK_FALSE(ledger.over());
}

TEST_CASE("a bracket draws different networks, as far as there are some", "[search][halving]") {
  const TrainingTable trainings = table();
  TrainingLedger ledger(trainings, 1000);
  int draws = 0;
  run_bracket(
      {{0, 9}, {1, 3}}, [&] { return std::to_string(draws++ % 2); }, ledger);
  CHECK(ledger.trained() == 2);
  CHECK(ledger.spent() == 2 * 1 + 2 * 3);
}

TEST_CASE("a bracket ends with the budget", "[search][halving]") {
  const TrainingTable trainings = table();
  TrainingLedger ledger(trainings, 11);
  int next = 0;
  run_bracket(
      {{0, 9}, {1, 3}, {2, 1}}, [&] { return std::to_string(next++); }, ledger);
  CHECK(ledger.over());
  CHECK(ledger.spent() == 9);
  CHECK(ledger.incumbents().back().network->metrics.front() == 8);
}
