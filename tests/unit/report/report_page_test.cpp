#include "report/report_page.h"

#include "support/catch.h"
#include "wrcor/space/nas_bench_201.h"

using namespace wrcor;

namespace {

ReportContent content_of(const std::string& run) {
  ReportContent content;
  content.title = "<b>\"A\" & </title><script>alert(1)</script>";
  content.runs = {{"</script><script>alert(2)</script>",
                   read_finished_run(std::filesystem::path(WRCOR_SOURCE_DIR) /
                                     "tests/fixtures/version_1" / run)}};
  return content;
}

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t number = 0;
  for (std::size_t at = text.find(part); at != text.npos; at = text.find(part, at + 1)) ++number;
  return number;
}

nlohmann::json data_in(const std::string& page) {
  const std::string opening = "<script id=\"report-data\" type=\"application/json\">";
  const std::size_t start = page.find(opening) + opening.size();
  return nlohmann::json::parse(page.substr(start, page.find("</script>", start) - start));
}

}  // namespace

TEST_CASE("nothing in the data becomes markup", "[report]") {
  const std::string page = report_page(content_of("run"), NasBench201());
  CHECK(page.starts_with(report_mark));
  CHECK(count(page, "<script") == count(page, "</script>"));
  CHECK(page.find("<script>alert") == page.npos);
  CHECK_THAT(page, ContainsSubstring("<title>&lt;b&gt;&quot;A&quot; &amp; &lt;/title&gt;"));
  CHECK(data_in(page)["runs"][0]["name"] == "</script><script>alert(2)</script>");
}

TEST_CASE("the page allows its own scripts and asks for nothing", "[report]") {
  const std::string page = report_page(content_of("run"), NasBench201());
  CHECK_THAT(page, ContainsSubstring("default-src 'none'"));
  CHECK(count(page, "'sha256-") == count(page, "<script>"));
  CHECK(count(page, " src=") == 0);
  CHECK_THAT(page, ContainsSubstring("Permission is hereby granted"));  // the licence of Chart.js
  CHECK(page.find("{{") == page.npos);
}

TEST_CASE("a page has scores that no double holds by their logarithms", "[report]") {
  ReportContent content = content_of("run");
  FinishedRun& run = content.runs[0].run;
  run.rule = RankingRule::parse("synflow");
  for (auto& [proxy, score] : run.ranking.front().evaluation.scores) {
    if (proxy == "synflow") score = Score::beyond_double(310.25);
  }
  CHECK(run.value(run.ranking.front()) == 310.25);
  const auto data = page_data(content, NasBench201());
  CHECK(data["runs"][0]["rankedBy"] == "log10 synflow");
  CHECK(data["runs"][0]["value"][0] == 310.25);
  CHECK(data["runs"][0]["scores"].back()["values"][0] == 310.25);
  const auto matrix = agreement_matrix(run, {});
  CHECK(matrix.pairs[0][2].architectures == run.ranking.size());
}

TEST_CASE("a page is a function of its content", "[report]") {
  CHECK(report_page(content_of("vote"), NasBench201()) ==
        report_page(content_of("vote"), NasBench201()));
}

TEST_CASE("the page has every architecture with its drawing and its scores", "[report]") {
  const ReportContent content = content_of("vote");
  const auto data = page_data(content, NasBench201());
  const auto& run = data["runs"][0];
  REQUIRE(run["cells"].size() == content.runs[0].run.ranking.size());
  CHECK(data["archs"].size() == data["drawings"].size());
  CHECK(run["value"][0] == -0.720987);  // six digits
  CHECK(run["scores"].back()["name"] == "log10 synflow");
  CHECK(run["scores"].back()["values"][0] == 8.28872);
  std::string svg;
  for (const auto& line : data["drawings"][run["cells"][0].get<std::size_t>()])
    svg += data["lines"][line.get<std::size_t>()].get<std::string>();
  CHECK_THAT(svg, ContainsSubstring("<svg") && ContainsSubstring("</svg>") &&
                      ContainsSubstring("nor_conv_3x3"));
}

TEST_CASE("the page has simulated searches at all moments", "[report]") {
  ReportContent content = content_of("run");
  CHECK(page_data(content, NasBench201())["searches"].is_null());
  BudgetedSearchReport& searches = content.searches.emplace();
  searches.metrics = {"acc"};
  searches.fidelities = {{{12, {"val"}}, {}}};
  searches.moments = {10, 20};
  searches.searches = {
      {{"random", 0}, Guidance::none, "", 0, 1, {{90, 1}}, {std::nullopt, {{{90.1234567, 1}}}}}};
  searches.optima = {{"|x|", 94}};
  const auto data = page_data(content, NasBench201())["searches"];
  CHECK(data["lines"][0]["search"] == "random");
  CHECK(data["lines"][0]["epochs"] == "12");
  CHECK(data["lines"][0]["anytime"]["acc"][0].is_null());
  CHECK(data["lines"][0]["anytime"]["acc"][1]["mean"] == 90.1235);
  CHECK(data["rows"].back()[0] == "optimum");
  CHECK(data["header"].size() == data["rows"][0].size());
}

TEST_CASE("the page says how a ranking orders trained networks", "[report]") {
  ReportContent content = content_of("run");
  const NasBench201 space;
  const auto& ranking = content.runs[0].run.ranking;
  std::string table = "arch,acc\n";  // the order of the ranking
  for (std::size_t k = 0; k < ranking.size(); ++k)
    table += ranking[k].arch + "," + std::to_string(90 - static_cast<int>(k)) + "\n";
  content.accuracies = {
      "t.csv", {"acc"}, BenchmarkTable::parse(table, "t.csv", space, BenchmarkKey(), {"acc"})};
  const auto order = page_data(content, space)["runs"][0]["order"]["acc"];
  CHECK(order["kendall"] == 1);
  CHECK(order["ndcg"] == 1);
  CHECK(order["top_k"] == 1);
}
