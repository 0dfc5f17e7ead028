#include "report/ranking_report.h"

#include "core/table.h"
#include "record/ranking_rows.h"
#include "report/progress.h"
#include "support/catch.h"

using namespace wrcor;

namespace {

SearchResult three_networks() {
  SearchResult result;
  const auto add = [&](const std::string& arch, std::optional<double> value) {
    Score score;
    score.value = value;
    if (!value) score = {Status::degenerate, "disconnected", std::nullopt, 0.5};
    Evaluation evaluation{score.status, score.reason, {{"wrcor", score}}, {1000, 2000}};
    result.ranking.push_back({arch, arch, evaluation, 3});
  };
  add("|a|", 911.03061);
  add("|b|", 90.1);
  add("|c|", {});
  result.counts = {10, 3, 2, 1, 0, 7};
  result.timing.seconds = 2;
  result.timing.session_seconds = 1.5;
  result.timing.evaluated = 3;
  return result;
}

}  // namespace

TEST_CASE("the table shows the first rows, and a status only where one is not ok", "[report]") {
  CHECK(ranking_table(three_networks(), 2) ==
        "rank     wrcor  params  flops  arch\n"
        "   1  911.0306    1000   2000  |a|\n"
        "   2   90.1000    1000   2000  |b|\n");
  CHECK_THAT(ranking_table(three_networks(), 10), ContainsSubstring("degenerate: disconnected"));
}

TEST_CASE("CSV and JSON have exact numbers", "[report]") {
  CHECK(ranking_csv(three_networks(), 1) ==
        "rank,wrcor,params,flops,arch,status\n1,911.03061,1000,2000,|a|,ok\n");
  const auto rows = nlohmann::json::parse(ranking_json(three_networks(), 3));
  REQUIRE(rows.size() == 3);
  CHECK(rows[0]["scores"]["wrcor"] == 911.03061);
  CHECK(rows[2]["scores"]["wrcor"].is_null());
  CHECK(rows[2]["rank"] == 3);
}

TEST_CASE("the file of a ranking states its settings and its version", "[report]") {
  SearchResult result = three_networks();
  result.settings = "0123456789ab";
  std::string text;
  write_ranking_file(result, [&text](std::string_view piece) { text += piece; });
  CHECK(text ==
        "rank,wrcor,params,flops,arch,status,settings,schema_version\n"
        "1,911.03061,1000,2000,|a|,ok,0123456789ab,1\n"
        "2,90.1,1000,2000,|b|,ok,0123456789ab,1\n"
        "3,,1000,2000,|c|,degenerate: disconnected,0123456789ab,1\n");
}

TEST_CASE("in a vote the first column is its value", "[report]") {
  SearchResult result = three_networks();
  result.rule = RankingRule::parse("copeland(wrcor,-acor)");
  result.ranking[0].vote = 2;
  result.ranking[1].vote = -1.5;
  CHECK(ranking_table(result, 2) ==
        "rank     vote     wrcor  params  flops  arch\n"
        "   1   2.0000  911.0306    1000   2000  |a|\n"
        "   2  -1.5000   90.1000    1000   2000  |b|\n");
  CHECK(ranking_csv(result, 1) ==
        "rank,vote,wrcor,params,flops,arch,status\n1,2,911.03061,1000,2000,|a|,ok\n");
  const auto rows = nlohmann::json::parse(ranking_json(result, 3));
  CHECK(rows[1]["vote"] == -1.5);
  CHECK(rows[2]["vote"].is_null());
}

TEST_CASE("the summary names what there was", "[report]") {
  CHECK(summary_line(three_networks()) ==
        "10 proposals, 3 architectures: 2 ok, 1 degenerate, 7 draws infeasible; 2.0 s, 0.500 s per "
        "architecture");
  SearchResult none = three_networks();
  none.counts = {};
  for (const Status status : {Status::not_applicable, Status::ok, Status::not_applicable})
    count_status(none.counts, status);
  CHECK_THAT(summary_line(none), ContainsSubstring(": 1 ok, 2 not_applicable; "));
}

TEST_CASE("progress shows rate, time left and the best score", "[report][progress]") {
  ProgressState state;
  state.done = 30;
  state.total = 120;
  state.evaluated = 20;
  state.best = 911.0306;
  CHECK(format_progress(state, 10) == "30/120  25%  2.0/s  left 30s  best 911.0306");
  // Replayed proposals took no time and do not count for the time left.
  state.replayed = 20;
  CHECK(format_progress(state, 10) == "30/120  25%  2.0/s  left 1m30s  best 911.0306");
  // If the seconds left are known, they are used.
  state.seconds_left = 200;
  CHECK(format_progress(state, 10) == "30/120  25%  2.0/s  left 3m20s  best 911.0306");
  CHECK(format_progress({}, 0) == "0/0   0%");
}

TEST_CASE("the progress bar fits its width", "[report][progress]") {
  ProgressState state;
  state.done = 5;
  state.total = 10;
  for (int columns = 1; columns < 200; ++columns) {
    CHECK(format_progress_bar(state, 1, columns).size() <
          static_cast<std::size_t>(std::max(columns, 2)));
  }
  CHECK(format_progress_bar(state, 1, 40).find("#") != std::string::npos);
  CHECK(format_progress_bar(state, 1, 15).find("#") == std::string::npos);
}

TEST_CASE("a table that is too wide has ids for architectures", "[report]") {
  const TablePlace narrow{34, [](const std::string& arch) { return arch == "|a|" ? "7" : "11"; }};
  CHECK(ranking_table(three_networks(), 2, narrow) ==
        "rank     wrcor  params  flops  id\n"
        "   1  911.0306    1000   2000   7\n"
        "   2   90.1000    1000   2000  11\n");
  TablePlace wide = narrow;
  wide.columns = 35;
  CHECK(ranking_table(three_networks(), 2, wide) == ranking_table(three_networks(), 2));
}

TEST_CASE("the table says which ranks a place may have", "[report]") {
  SearchResult result = three_networks();
  result.ranking[0].ranks = RankInterval{1, 2};
  result.ranking[1].ranks = RankInterval{1, 2};
  CHECK_THAT(ranking_table(result, 2),
             ContainsSubstring("   1  1-2    911.0306    1000   2000  |a|\n"));
  CHECK(ranking_row(result, 0)["ranks"] == nlohmann::ordered_json({1, 2}));
  CHECK_FALSE(ranking_row(result, 2).contains("ranks"));
  CHECK(contenders(result) == 2);
  CHECK_FALSE(contenders(three_networks()));
}

TEST_CASE("the course of the best score is drawn where there is room", "[report]") {
  ProgressState state;
  state.done = 30;
  state.total = 120;
  state.best = 911.0306;
  const std::vector<double> bests{1, 2, 3};
  CHECK(format_progress_bar(state, 1, 80, bests).find("▁") != std::string::npos);
  CHECK(format_progress_bar(state, 1, 40, bests).find("▁") == std::string::npos);
  for (const int columns : {40, 60, 80, 200})
    CHECK(text_width(format_progress_bar(state, 1, columns, bests)) <
          static_cast<std::size_t>(columns));
}

TEST_CASE("with several objectives the table has the front and the costs", "[report]") {
  SearchResult result = three_networks();
  result.rule = RankingRule::parse("wrcor");
  result.minimize = {"params", "latency"};
  result.ranking[0].costs = {1000, 5.5};
  result.ranking[1].costs = {1000, 2.5};
  result.ranking[2].costs = {1000, 1.5};
  find_fronts(result.ranking, result.rule);
  CHECK(ranking_csv(result, 3) ==
        "rank,front,wrcor,latency,params,flops,arch,status\n"
        "1,1,911.03061,5.5,1000,2000,|a|,ok\n"
        "2,1,90.1,2.5,1000,2000,|b|,ok\n"
        "3,,,1.5,1000,2000,|c|,degenerate: disconnected\n");
  const auto rows = nlohmann::json::parse(ranking_json(result, 3));
  CHECK(rows[0]["front"] == 1);
  CHECK(rows[2]["front"].is_null());
  CHECK(rows[1]["costs"]["latency"] == 2.5);
  CHECK_THAT(summary_line(result), ContainsSubstring("; front of 2, hypervolume 0.0000"));
}
