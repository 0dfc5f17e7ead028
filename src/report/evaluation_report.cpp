#include "report/evaluation_report.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <functional>
#include <iterator>
#include <nlohmann/json.hpp>

#include "core/json_schema_parts.h"
#include "core/schema_version.h"
#include "core/table.h"
#include "report/text_table.h"
#include "score/population.h"
#include "score/published.h"
#include "wrcor/core/registry.h"
#include "wrcor/core/version.h"

namespace wrcor {
namespace {

using nlohmann::ordered_json;

std::vector<Measure> all_measures() {
  std::vector<Measure> measures;
  for (std::size_t m = 0; m < measure_count; ++m) measures.push_back(static_cast<Measure>(m));
  return measures;
}

std::string with_interval(const Comparison& row, Measure measure) {
  const std::string value = rounded(row.measures[measure], 3);
  const auto& interval = row.intervals[measure];
  if (value.empty() || !interval) return value;
  return value + fmt::format(" [{:.3f}, {:.3f}]", interval->low, interval->high);
}

/// A table with a row per comparison, which starts with what it compares.
/// @param columns  its other columns
/// @param figures  their cells
TextTable cells_by_comparison(
    const EvaluationReport& report, const std::vector<std::string>& columns,
    const std::function<std::vector<std::string>(const Comparison&)>& figures) {
  const bool with_population = std::ranges::any_of(
      report.comparisons, [](const Comparison& row) { return row.population != "all"; });
  TextTable cells{{"score", "metric"}, {}};
  if (with_population) cells.header.emplace_back("population");
  cells.header.emplace_back("n");
  cells.header.insert(cells.header.end(), columns.begin(), columns.end());
  for (const Comparison& row : report.comparisons) {
    auto& line = cells.rows.emplace_back(std::vector<std::string>{row.scorer, row.metric});
    if (with_population) line.push_back(row.population);
    line.push_back(std::to_string(row.architectures));
    for (std::string& cell : figures(row)) line.push_back(std::move(cell));
  }
  return cells;
}

TextTable comparison_cells(const EvaluationReport& report) {
  const std::string k = std::to_string(report.options.k);
  return cells_by_comparison(
      report, {"undefined", "rho", "tau", "r", "top " + k, "top 5 %", "regret 1", "regret 5"},
      [](const Comparison& row) -> std::vector<std::string> {
        const auto measure = [&](Measure m, int digits) {
          return rounded(row.measures[m], digits);
        };
        return {std::to_string(row.undefined),        with_interval(row, Measure::spearman),
                with_interval(row, Measure::kendall), measure(Measure::pearson, 3),
                measure(Measure::top_k, 2),           measure(Measure::top_5_percent, 2),
                measure(Measure::regret_top_1, 2),    measure(Measure::regret_top_5, 2)};
      });
}

TextTable top_cells(const EvaluationReport& report) {
  return cells_by_comparison(report,
                             {"rho of best 5 %", "tau of best 5 %", "rho of best 10 %",
                              "tau of best 10 %", "nDCG", "tau at equal size"},
                             [](const Comparison& row) -> std::vector<std::string> {
                               return {with_interval(row, Measure::spearman_top_5_percent),
                                       with_interval(row, Measure::kendall_top_5_percent),
                                       with_interval(row, Measure::spearman_top_10_percent),
                                       with_interval(row, Measure::kendall_top_10_percent),
                                       with_interval(row, Measure::ndcg),
                                       with_interval(row, Measure::kendall_same_size)};
                             });
}

/// A method of the table of published figures, or a score that was measured here.
struct PublishedRow {
  std::string method, population, architectures;
  std::vector<PublishedFigure> figures;  ///< of each metric
  std::string source;
};

PublishedFigure figure_of(const Comparison& row) {
  return {row.measures[Measure::kendall], row.measures[Measure::spearman],
          row.measures[Measure::ndcg]};
}

/// The comparisons, which are by population, then by metric, a row per score and population.
std::vector<PublishedRow> own_rows(const EvaluationReport& report) {
  std::vector<PublishedRow> rows;
  for (const Comparison& each : report.comparisons) {
    auto row = std::ranges::find_if(rows, [&](const PublishedRow& known) {
      return known.method == each.scorer && known.population == each.population;
    });
    if (row == rows.end()) {
      rows.push_back(
          {each.scorer, each.population, std::to_string(each.architectures), {}, "measured here"});
      row = std::prev(rows.end());
    }
    row->figures.push_back(figure_of(each));
  }
  return rows;
}

/// Those with a figure for one of the data sets of the report.
std::vector<PublishedRow> published_rows(const EvaluationReport& report) {
  std::vector<PublishedRow> rows;
  for (const PublishedMethod& method : published_methods()) {
    PublishedRow row{std::string(method.name),
                     std::string(method.population),
                     std::to_string(method.architectures),
                     {},
                     std::string(method.source)};
    for (const std::string& dataset : report.published)
      row.figures.push_back(method.figures[dataset_number(dataset)]);
    if (method.uses_accuracies) row.method += " (uses accuracies)";
    if (std::ranges::any_of(row.figures, [](const PublishedFigure& figure) {
          return figure.kendall || figure.spearman || figure.ndcg;
        }))
      rows.push_back(std::move(row));
  }
  return rows;
}

/// By population, the best by tau of the first metric first, those without one last.
TextTable published_cells(const EvaluationReport& report) {
  std::vector<PublishedRow> rows = own_rows(report);
  for (PublishedRow& row : published_rows(report)) rows.push_back(std::move(row));
  std::ranges::stable_sort(rows, [](const PublishedRow& a, const PublishedRow& b) {
    if (a.population != b.population) return a.population < b.population;
    return a.figures.front().kendall > b.figures.front().kendall;
  });
  TextTable cells{{"population", "n", "method"}, {}};
  for (const std::string& dataset : report.published)
    cells.header.insert(cells.header.end(), {dataset + " tau", "rho", "nDCG"});
  cells.header.emplace_back("source");
  for (const PublishedRow& row : rows) {
    std::vector<std::string> line{row.population, row.architectures, row.method};
    for (const PublishedFigure& figure : row.figures) {
      for (const auto& value : {figure.kendall, figure.spearman, figure.ndcg})
        line.push_back(rounded(value, 3));
    }
    line.push_back(row.source);
    cells.rows.push_back(std::move(line));
  }
  return cells;
}

TextTable simulation_cells(const SimulationReport& report) {
  const bool has_fronts = std::ranges::any_of(
      report.rows, [](const auto& row) { return row.search.front_share.has_value(); });
  TextTable cells{{"score", "search", "runs", "proposals", "evaluated"}, {}};
  if (has_fronts) cells.header.push_back("front");
  cells.header.insert(cells.header.end(), report.metrics.begin(), report.metrics.end());
  const auto add = [&](std::vector<std::string> row, const auto& metrics) {
    for (const auto& metric : metrics) row.push_back(with_deviation(metric));
    cells.rows.push_back(std::move(row));
  };
  for (const auto& [scorer, search] : report.rows) {
    std::vector<std::string> row{scorer, search.strategy, std::to_string(search.runs),
                                 std::to_string(search.proposals), rounded(search.evaluations, 1)};
    const std::optional<Spread>& share = search.front_share;
    if (has_fronts)
      row.push_back(share ? rounded(share->mean, 4) + " ± " + rounded(share->deviation, 4) : "");
    add(std::move(row), search.metrics);
  }
  for (const auto& trained : report.trained) {
    std::vector<std::string> row{"", fmt::format("best of {} trained", trained.networks), "", "",
                                 ""};
    if (has_fronts) row.emplace_back();
    add(std::move(row), trained.metrics);
  }
  std::vector<std::string> optimum{"", "optimum", "", "", ""};
  if (has_fronts) optimum.emplace_back("1.0000");
  for (const BenchmarkOptimum& best : report.optima) optimum.push_back(rounded(best.value, 2));
  cells.rows.push_back(std::move(optimum));
  return cells;
}

ordered_json number_json(const std::optional<double>& value) {
  return value ? ordered_json(*value) : ordered_json();
}

ordered_json to_json(const Comparison& row) {
  ordered_json json{{"score", row.scorer},
                    {"kind", row.kind},
                    {"metric", row.metric},
                    {"population", row.population},
                    {"architectures", row.architectures},
                    {"undefined", row.undefined}};
  for (const Measure measure : all_measures()) {
    const auto& interval = row.intervals[measure];
    json[std::string(to_string(measure))] = {
        {"value", number_json(row.measures[measure])},
        {"low", interval ? ordered_json(interval->low) : ordered_json()},
        {"high", interval ? ordered_json(interval->high) : ordered_json()}};
  }
  return json;
}

template <typename Spreads>
ordered_json to_json(const std::vector<std::string>& names, const Spreads& metrics) {
  ordered_json json = ordered_json::object();
  for (std::size_t k = 0; k < names.size(); ++k) json[names[k]] = spread_json(metrics[k]);
  return json;
}

ordered_json to_json(const SimulationReport& report) {
  ordered_json json{{"seed", report.seed}};
  auto& searches = json["searches"] = ordered_json::array();
  for (const auto& [scorer, search] : report.rows) {
    searches.push_back({{"score", scorer},
                        {"strategy", search.strategy},
                        {"runs", search.runs},
                        {"proposals", search.proposals},
                        {"evaluated", search.evaluations},
                        {"metrics", to_json(report.metrics, search.metrics)}});
    if (search.front_share) searches.back()["front_hypervolume"] = spread_json(search.front_share);
  }
  auto& trained = json["best_of_trained"] = ordered_json::array();
  for (const auto& [networks, metrics] : report.trained)
    trained.push_back({{"networks", networks}, {"metrics", to_json(report.metrics, metrics)}});
  auto& optimum = json["optimum"] = ordered_json::object();
  for (std::size_t k = 0; k < report.metrics.size(); ++k)
    optimum[report.metrics[k]] = {{"value", report.optima[k].value},
                                  {"arch", report.optima[k].arch}};
  return json;
}

ordered_json published_json(const EvaluationReport& report) {
  ordered_json rows = ordered_json::array();
  for (const PublishedMethod& method : published_methods()) {
    ordered_json figures = ordered_json::object();
    for (const std::string& dataset : report.published) {
      const PublishedFigure& figure = method.figures[dataset_number(dataset)];
      figures[dataset] = {{"kendall", number_json(figure.kendall)},
                          {"spearman", number_json(figure.spearman)},
                          {"ndcg", number_json(figure.ndcg)}};
    }
    rows.push_back({{"method", method.name},
                    {"population", method.population},
                    {"architectures", method.architectures},
                    {"uses_accuracies", method.uses_accuracies},
                    {"source", method.source},
                    {"figures", std::move(figures)}});
  }
  return rows;
}

std::string all_tables(const EvaluationReport& report, std::string (*format)(const TextTable&)) {
  std::vector<std::string> parts;
  if (!report.comparisons.empty()) {
    parts.push_back(format(comparison_cells(report)));
    if (report.all_measures) parts.push_back(format(top_cells(report)));
    if (!report.published.empty()) parts.push_back(format(published_cells(report)));
  }
  if (report.simulation) parts.push_back(format(simulation_cells(*report.simulation)));
  if (report.budgeted) {
    parts.push_back(format(budgeted_table(*report.budgeted)));
    parts.push_back(format(anytime_table(*report.budgeted)));
    parts.push_back(join(budgeted_notes(*report.budgeted), "\n") + "\n");
  }
  return join(parts, "\n");
}

using namespace json_schema_parts;

Schema comparison_schema() {
  std::vector<Member> members{{"score", text()},
                              {"kind", one_of_texts({"proxy", "vote", "column"})},
                              {"metric", text()},
                              {"population", one_of_texts(populations().names())},
                              {"architectures", whole_number()},
                              {"undefined", whole_number()}};
  const Schema measure =
      object({{"value", number_or_null()}, {"low", number_or_null()}, {"high", number_or_null()}});
  for (std::size_t m = 0; m < measure_count; ++m)
    members.push_back({std::string(to_string(static_cast<Measure>(m))), measure});
  return object(members);
}

Schema simulation_schema() {
  const Schema spread = object({{"mean", number()}, {"deviation", number()}});
  const Schema spreads = {{"type", "object"},
                          {"additionalProperties", {{"anyOf", {spread, {{"type", "null"}}}}}}};
  const Schema search = object({{"score", text()},
                                {"strategy", text()},
                                {"runs", whole_number()},
                                {"proposals", whole_number()},
                                {"evaluated", number()},
                                {"metrics", spreads},
                                {"front_hypervolume", spread, /*required=*/false}});
  const Schema optima = {{"type", "object"},
                         {"additionalProperties", object({{"value", number()}, {"arch", text()}})}};
  return object(
      {{"seed", whole_number()},
       {"searches", array(search)},
       {"best_of_trained", array(object({{"networks", whole_number()}, {"metrics", spreads}}))},
       {"optimum", optima}});
}

Schema published_schema() {
  const Schema figure = object(
      {{"kendall", number_or_null()}, {"spearman", number_or_null()}, {"ndcg", number_or_null()}});
  return object({{"method", text()},
                 {"population", text()},
                 {"architectures", whole_number()},
                 {"uses_accuracies", {{"type", "boolean"}}},
                 {"source", text()},
                 {"figures", map({published_datasets.begin(), published_datasets.end()}, figure)}});
}

}  // namespace

std::string evaluation_table(const EvaluationReport& report) {
  return all_tables(report,
                    [](const TextTable& cells) { return format_table(cells.header, cells.rows); });
}

std::string evaluation_markdown(const EvaluationReport& report) {
  return all_tables(
      report, [](const TextTable& cells) { return markdown_table(cells.header, cells.rows); });
}

std::string evaluation_csv(const EvaluationReport& report) {
  std::vector<std::string> header{"score", "kind", "metric", "architectures", "undefined"};
  for (const Measure measure : all_measures()) {
    const std::string name(to_string(measure));
    header.insert(header.end(), {name, name + "_low", name + "_high"});
  }
  header.emplace_back("population");
  std::string text = csv_line(header);
  for (const Comparison& row : report.comparisons) {
    std::vector<std::string> cells{row.scorer, row.kind, row.metric,
                                   std::to_string(row.architectures),
                                   std::to_string(row.undefined)};
    for (const Measure measure : all_measures()) {
      const auto& value = row.measures[measure];
      const auto& interval = row.intervals[measure];
      cells.push_back(value ? fmt::format("{}", *value) : "");
      cells.push_back(interval ? fmt::format("{}", interval->low) : "");
      cells.push_back(interval ? fmt::format("{}", interval->high) : "");
    }
    cells.push_back(row.population);
    text += csv_line(cells);
  }
  return text;
}

std::string evaluation_json(const EvaluationReport& report) {
  ordered_json json{
      {"schema_version", schema_version::evaluation},
      {"tool", {{"name", "wrcor"}, {"version", version}}},
      {"benchmark", report.benchmark},
      {"architectures", {{"scored", report.scored}, {"in_benchmark", report.in_benchmark}}},
      {"k", report.options.k},
      {"bootstrap",
       {{"resamples", report.options.resamples},
        {"confidence", 0.95},
        {"seed", report.options.seed}}}};
  auto& rows = json["comparisons"] = ordered_json::array();
  for (const Comparison& row : report.comparisons) rows.push_back(to_json(row));
  if (!report.published.empty()) json["published"] = published_json(report);
  if (report.simulation) json["simulated_search"] = to_json(*report.simulation);
  if (report.budgeted) json[budgeted_key] = budgeted_json(*report.budgeted);
  // File and column names may be in any encoding.
  return json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

ordered_json evaluation_schema() {
  return document("evaluation", schema_version::evaluation,
                  "What wrcor evaluate --format json prints",
                  object({{"schema_version", constant(schema_version::evaluation)},
                          {"tool", tool()},
                          {"benchmark", text()},
                          {"architectures",
                           object({{"scored", whole_number()}, {"in_benchmark", whole_number()}})},
                          {"k", whole_number()},
                          {"bootstrap", object({{"resamples", whole_number()},
                                                {"confidence", number()},
                                                {"seed", whole_number()}})},
                          {"comparisons", array(comparison_schema())},
                          {"published", array(published_schema()), /*required=*/false},
                          {"simulated_search", simulation_schema(), /*required=*/false},
                          {budgeted_key, budgeted_schema(), /*required=*/false}}));
}

}  // namespace wrcor
