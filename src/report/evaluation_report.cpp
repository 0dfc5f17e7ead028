#include "report/evaluation_report.h"

#include <spdlog/fmt/fmt.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "core/json_schema_parts.h"
#include "core/schema_version.h"
#include "core/table.h"
#include "wrcor/core/version.h"

namespace wrcor {
namespace {

using nlohmann::ordered_json;

std::vector<Measure> all_measures() {
  std::vector<Measure> measures;
  for (std::size_t m = 0; m < measure_count; ++m) measures.push_back(static_cast<Measure>(m));
  return measures;
}

/// Header and rows.
struct Cells {
  std::vector<std::string> header;
  std::vector<std::vector<std::string>> rows;
};

/// Half is rounded away from zero, even if an expected value misses it by its last bits.
std::string rounded(const std::optional<double>& value, int digits) {
  if (!value) return "";
  if (std::abs(*value) > 1e15) return fmt::format("{:.{}f}", *value, digits);
  const double scale = std::pow(10.0, digits);
  const double steps = std::floor(std::abs(*value) * scale * (1 + 1e-14) + 0.5);
  return fmt::format("{:.{}f}", std::copysign(steps, *value) / scale, digits);
}

std::string with_interval(const Comparison& row, Measure measure) {
  const std::string value = rounded(row.measures[measure], 3);
  const auto& interval = row.intervals[measure];
  if (value.empty() || !interval) return value;
  return value + fmt::format(" [{:.3f}, {:.3f}]", interval->low, interval->high);
}

std::string with_deviation(const std::optional<Spread>& spread) {
  return spread ? rounded(spread->mean, 2) + " ± " + rounded(spread->deviation, 2) : "";
}

Cells comparison_cells(const EvaluationReport& report) {
  const std::string k = std::to_string(report.options.k);
  Cells cells{{"score", "metric", "n", "undefined", "rho", "tau", "r", "top " + k, "top 5 %",
               "regret 1", "regret 5"},
              {}};
  for (const Comparison& row : report.comparisons) {
    const auto measure = [&](Measure m, int digits) { return rounded(row.measures[m], digits); };
    cells.rows.push_back({row.scorer, row.metric, std::to_string(row.architectures),
                          std::to_string(row.undefined), with_interval(row, Measure::spearman),
                          with_interval(row, Measure::kendall), measure(Measure::pearson, 3),
                          measure(Measure::top_k, 2), measure(Measure::top_5_percent, 2),
                          measure(Measure::regret_top_1, 2), measure(Measure::regret_top_5, 2)});
  }
  return cells;
}

Cells simulation_cells(const SimulationReport& report) {
  const bool has_fronts = std::ranges::any_of(
      report.rows, [](const auto& row) { return row.search.front_share.has_value(); });
  Cells cells{{"score", "search", "runs", "proposals", "evaluated"}, {}};
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
  for (const auto& best : report.optima) optimum.push_back(rounded(best.value, 2));
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

ordered_json to_json(const std::optional<Spread>& spread) {
  if (!spread) return nullptr;
  return {{"mean", spread->mean}, {"deviation", spread->deviation}};
}

template <typename Spreads>
ordered_json to_json(const std::vector<std::string>& names, const Spreads& metrics) {
  ordered_json json = ordered_json::object();
  for (std::size_t k = 0; k < names.size(); ++k) json[names[k]] = to_json(metrics[k]);
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
    if (search.front_share) searches.back()["front_hypervolume"] = to_json(search.front_share);
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

std::string both_tables(const EvaluationReport& report, std::string (*format)(const Cells&)) {
  std::string text = format(comparison_cells(report));
  if (report.simulation) text += "\n" + format(simulation_cells(*report.simulation));
  return text;
}

using namespace json_schema_parts;

Schema comparison_schema() {
  std::vector<Member> members{{"score", text()},
                              {"kind", one_of_texts({"proxy", "vote", "column"})},
                              {"metric", text()},
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

}  // namespace

std::string evaluation_table(const EvaluationReport& report) {
  return both_tables(report,
                     [](const Cells& cells) { return format_table(cells.header, cells.rows); });
}

std::string evaluation_markdown(const EvaluationReport& report) {
  return both_tables(report,
                     [](const Cells& cells) { return markdown_table(cells.header, cells.rows); });
}

std::string evaluation_csv(const EvaluationReport& report) {
  std::vector<std::string> header{"score", "kind", "metric", "architectures", "undefined"};
  for (const Measure measure : all_measures()) {
    const std::string name(to_string(measure));
    header.insert(header.end(), {name, name + "_low", name + "_high"});
  }
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
  if (report.simulation) json["simulated_search"] = to_json(*report.simulation);
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
                          {"simulated_search", simulation_schema(), /*required=*/false}}));
}

}  // namespace wrcor
