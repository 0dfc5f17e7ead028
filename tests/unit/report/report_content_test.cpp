#include "report/report_content.h"

#include "support/catch.h"
#include "wrcor/space/nas_bench_201.h"

using namespace wrcor;

namespace {

const std::vector<std::string> archs = {
    "|none~0|+|none~0|none~1|+|none~0|none~1|nor_conv_1x1~2|",
    "|none~0|+|none~0|none~1|+|nor_conv_1x1~0|none~1|none~2|",
    "|none~0|+|none~0|none~1|+|nor_conv_3x3~0|none~1|none~2|",
    "|none~0|+|none~0|none~1|+|skip_connect~0|none~1|none~2|",
};

/// A run with the scores of a proxy, in the order of `archs`; parameters are 1, 2, 3, ...
FinishedRun run_with(const std::string& proxy, const std::vector<std::optional<double>>& scores) {
  FinishedRun run;
  run.rule = RankingRule::parse(proxy);
  run.proxies = {proxy};
  for (std::size_t k = 0; k < scores.size(); ++k) {
    FinishedRun::Row row;
    row.arch = archs[k];
    row.evaluation.scores = {
        {proxy, scores[k] ? Score::of(*scores[k]) : Score::degenerate("singular", 0)}};
    row.evaluation.costs = {static_cast<std::int64_t>(k) + 1, 7};
    run.ranking.push_back(row);
  }
  return run;
}

FigureTable table(const std::string& column, const std::string& rows) {
  return {"table.csv",
          {column},
          BenchmarkTable::parse("arch," + column + "\n" + rows, "table.csv", NasBench201(),
                                BenchmarkKey{}, {column})};
}

const PairAgreement& pair(const AgreementMatrix& matrix, const std::string& x,
                          const std::string& y) {
  const auto place = [&](const std::string& name) {
    const auto found = std::find(matrix.names.begin(), matrix.names.end(), name);
    REQUIRE(found != matrix.names.end());
    return static_cast<std::size_t>(found - matrix.names.begin());
  };
  return matrix.pairs[place(x)][place(y)];
}

}  // namespace

TEST_CASE("runs are named by as much of their folders as tells them apart", "[report]") {
  CHECK(run_names({"runs/a", "runs/b/"}) == std::vector<std::string>{"a", "b"});
  CHECK(run_names({"one/run", "two/run/."}) == std::vector<std::string>{"one/run", "two/run"});
  CHECK(run_names({"/x"}) == std::vector<std::string>{"x"});
  CHECK(run_names({"/"}) == std::vector<std::string>{"/"});
}

TEST_CASE("scores are correlated on the architectures that have both", "[report]") {
  const FinishedRun run = run_with("wrcor", {4, 3, std::nullopt, 5});
  const FigureTable accuracies = table("acc", archs[0] + ",90\n" + archs[1] + ",80\n");
  const AgreementMatrix matrix = agreement_matrix(run, accuracies);
  CHECK(matrix.names == std::vector<std::string>{"wrcor", "parameters", "FLOPs", "acc"});
  CHECK(pair(matrix, "wrcor", "parameters").architectures == 3);
  CHECK(*pair(matrix, "wrcor", "parameters").rho == Approx(0.5));  // ranks 2 1 3 and 1 2 3
  CHECK(*pair(matrix, "parameters", "wrcor").rho == Approx(0.5));
  CHECK(pair(matrix, "acc", "wrcor").architectures == 2);
  CHECK(*pair(matrix, "acc", "wrcor").rho == Approx(1));
  CHECK_FALSE(pair(matrix, "FLOPs", "wrcor").rho);  // all alike
}

TEST_CASE("scores whose lower values are better are turned round", "[report]") {
  const FinishedRun run = run_with("-wrcor", {1, 2, 3, 4});
  FinishedRun named = run;
  named.proxies = {"wrcor"};
  for (auto& row : named.ranking) row.evaluation.scores.front().first = "wrcor";
  CHECK(better_of(named.rule, "wrcor") == Direction::lower);
  CHECK(*pair(agreement_matrix(named, {}), "wrcor", "parameters").rho == Approx(-1));
  CHECK(better_of(RankingRule::parse("wrcor"), "no longer registered") == Direction::higher);
}

TEST_CASE("training is counted for what the table covers, and no more", "[report]") {
  const FinishedRun run = run_with("wrcor", {4, 3, 2, 1});
  const TrainingCost cost =
      training_cost(run, table("seconds", archs[1] + ",100\n" + archs[3] + ",11\n"));
  CHECK(cost.architectures == 4);
  CHECK(cost.covered == 2);
  CHECK(cost.seconds == 111);
}
