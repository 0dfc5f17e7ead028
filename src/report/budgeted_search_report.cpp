#include "report/budgeted_search_report.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>

#include "core/counted.h"
#include "score/published_searches.h"

namespace wrcor {
namespace {

using nlohmann::ordered_json;

std::string in_words(const std::string& name) {
  std::string words = name;
  std::replace(words.begin(), words.end(), '_', ' ');
  return words;
}

bool has_guides(const BudgetedSearchReport& report) { return !report.scoring_seconds.empty(); }

/// The header of what identifies a search.
std::vector<std::string> identity_header(const BudgetedSearchReport& report) {
  std::vector<std::string> header{"search", "epochs"};
  if (has_guides(report)) header.emplace_back("guide");
  return header;
}

std::vector<std::string> identity(const BudgetedSearchReport& report,
                                  const BudgetedSearch& search) {
  std::vector<std::string> cells{search_name(search), epochs_text(report, search)};
  if (has_guides(report)) cells.push_back(guide_text(search));
  return cells;
}

/// Of each metric.
std::vector<double> accuracies_of(const PublishedSearch& search,
                                  const BudgetedSearchReport& report) {
  std::vector<double> values;
  for (const std::string& dataset : report.published)
    values.push_back(search.accuracies[dataset_number(dataset)]);
  return values;
}

std::string source_of(const PublishedSearch& search) {
  return std::string(search.weight_sharing ? "quoted, shares weights: " : "quoted: ") +
         std::string(search.source);
}

ordered_json search_json(const BudgetedSearchReport& report, const BudgetedSearch& search) {
  const auto& fidelity = search.method.fidelity;
  ordered_json metrics = ordered_json::object(), anytime = ordered_json::object();
  for (std::size_t m = 0; m < report.metrics.size(); ++m) {
    metrics[report.metrics[m]] = spread_json(search.metrics[m]);
    ordered_json& values = anytime[report.metrics[m]] = ordered_json::array();
    for (const auto& answers : search.anytime)
      values.push_back(spread_json(answers ? std::optional((*answers)[m]) : std::nullopt));
  }
  const bool guided = search.guidance != Guidance::none;
  return {{"search", search.method.name},
          {"epochs",
           fidelity ? ordered_json(report.fidelities[*fidelity].fidelity.epochs) : ordered_json()},
          {"guide", to_string(search.guidance)},
          {"score", guided ? ordered_json(search.score) : ordered_json()},
          {"scored", search.scored},
          {"trained", search.trained},
          {"metrics", std::move(metrics)},
          {"anytime", std::move(anytime)}};
}

ordered_json published_json(const BudgetedSearchReport& report) {
  ordered_json rows = ordered_json::array();
  if (report.published.empty()) return rows;
  for (const PublishedSearch& search : published_searches()) {
    const std::vector<double> accuracies = accuracies_of(search, report);
    ordered_json metrics = ordered_json::object();
    for (std::size_t m = 0; m < report.metrics.size(); ++m)
      metrics[report.metrics[m]] = accuracies[m];
    rows.push_back({{"search", search.name},
                    {"weight_sharing", search.weight_sharing},
                    {"metrics", std::move(metrics)},
                    {"source", search.source}});
  }
  return rows;
}

}  // namespace

std::string search_name(const BudgetedSearch& search) { return in_words(search.method.name); }

std::string epochs_text(const BudgetedSearchReport& report, const BudgetedSearch& search) {
  const auto& fidelity = search.method.fidelity;
  if (fidelity) return std::to_string(report.fidelities[*fidelity].fidelity.epochs);
  return fmt::format("{} to {}", report.fidelities.front().fidelity.epochs,
                     report.fidelities.back().fidelity.epochs);
}

std::string guide_text(const BudgetedSearch& search) {
  if (search.guidance == Guidance::none) return "";
  return in_words(std::string(to_string(search.guidance))) + " by " + search.score;
}

TextTable budgeted_table(const BudgetedSearchReport& report) {
  TextTable cells{identity_header(report), {}};
  if (has_guides(report)) cells.header.emplace_back("scored");
  cells.header.emplace_back("trained");
  const std::size_t before_metrics = cells.header.size();
  cells.header.insert(cells.header.end(), report.metrics.begin(), report.metrics.end());
  const bool with_source = !report.published.empty();
  if (with_source) cells.header.emplace_back("source");
  for (const BudgetedSearch& search : report.searches) {
    std::vector<std::string> row = identity(report, search);
    if (has_guides(report)) row.push_back(rounded(search.scored, 1));
    row.push_back(rounded(search.trained, 1));
    for (const Spread& metric : search.metrics) row.push_back(with_deviation(metric));
    if (with_source) row.emplace_back("simulated here");
    cells.rows.push_back(std::move(row));
  }
  const auto add = [&](std::string_view name, const std::vector<double>& values,
                       std::string source) {
    std::vector<std::string> row{std::string(name)};
    row.resize(before_metrics);
    for (const double value : values) row.push_back(rounded(value, 2));
    if (with_source) row.push_back(std::move(source));
    cells.rows.push_back(std::move(row));
  };
  if (with_source) {
    for (const PublishedSearch& search : published_searches())
      add(search.name, accuracies_of(search, report), source_of(search));
  }
  std::vector<double> optima;
  for (const BenchmarkOptimum& optimum : report.optima) optima.push_back(optimum.value);
  add("optimum", optima, "of the table");
  return cells;
}

TextTable anytime_table(const BudgetedSearchReport& report) {
  constexpr std::size_t shown[] = {2, 4, 9, 24, 49};  // 6, 10, 20, 50 and 100 % of the budget
  static_assert(BudgetedSearches::moments == 50);
  TextTable cells{identity_header(report), {}};
  for (const std::size_t moment : shown) {
    cells.header.push_back(
        moment == shown[0]
            ? fmt::format("{} after {:.6g} s", report.metrics.front(), report.moments[moment])
            : fmt::format("{:.6g} s", report.moments[moment]));
  }
  for (const BudgetedSearch& search : report.searches) {
    std::vector<std::string> row = identity(report, search);
    for (const std::size_t moment : shown) {
      const auto& answers = search.anytime[moment];
      row.push_back(with_deviation(answers ? std::optional(answers->front()) : std::nullopt));
    }
    cells.rows.push_back(std::move(row));
  }
  return cells;
}

std::vector<std::string> budgeted_notes(const BudgetedSearchReport& report) {
  const BudgetedConditions& conditions = report.conditions;
  std::vector<std::string> notes{fmt::format(
      "Simulated: {:.6g} seconds of training one network after the other, {} of each search "
      "with the seeds from {}.",
      conditions.seconds, counted(conditions.runs, "run"), conditions.seed)};
  for (const auto& [fidelity, seconds] : report.fidelities) {
    std::string& note = notes.emplace_back(
        fmt::format("{}: selected by {}; seconds of {} measured", counted(fidelity.epochs, "epoch"),
                    fidelity.column.text(), counted(seconds.measured, "network")));
    if (seconds.error) {
      note += fmt::format(", of {} estimated from FLOPs (mean error of the fit {:.1f} %)",
                          seconds.estimated, 100 * *seconds.error);
    }
    note += ".";
  }
  notes.emplace_back(report.continues ? "Trainings to more epochs continue those to fewer."
                                      : "Each training starts from scratch.");
  for (const auto& [score, seconds] : report.scoring_seconds) {
    notes.push_back(
        fmt::format("Scoring by {}: {:.6g} s an architecture, {} of them first in each run.", score,
                    seconds, conditions.pool));
  }
  return notes;
}

ordered_json budgeted_json(const BudgetedSearchReport& report) {
  const BudgetedConditions& conditions = report.conditions;
  ordered_json fidelities = ordered_json::array();
  for (const auto& [fidelity, seconds] : report.fidelities) {
    fidelities.push_back(
        {{"epochs", fidelity.epochs},
         {"column", fidelity.column.text()},
         {"measured", seconds.measured},
         {"estimated", seconds.estimated},
         {"error", seconds.error ? ordered_json(*seconds.error) : ordered_json()}});
  }
  ordered_json searches = ordered_json::array(), optimum = ordered_json::object();
  for (const BudgetedSearch& search : report.searches)
    searches.push_back(search_json(report, search));
  for (std::size_t m = 0; m < report.metrics.size(); ++m) {
    optimum[report.metrics[m]] = {{"value", report.optima[m].value},
                                  {"arch", report.optima[m].arch}};
  }
  return {{"seconds", conditions.seconds},
          {"runs", conditions.runs},
          {"seed", conditions.seed},
          {"continues", report.continues},
          {"fidelities", std::move(fidelities)},
          {"pool", conditions.pool},
          {"filter_percent", conditions.filter_percent},
          {"warm_start", conditions.warm_start},
          {"scoring_seconds", ordered_json(report.scoring_seconds)},
          {"metrics", report.metrics},
          {"moments", report.moments},
          {"searches", std::move(searches)},
          {"optimum", std::move(optimum)},
          {"datasets", report.published},
          {"published", published_json(report)}};
}

json_schema_parts::Schema budgeted_schema() {
  using namespace json_schema_parts;
  const auto any_of = [](const Schema& schema) {
    return Schema{{"anyOf", {schema, {{"type", "null"}}}}};
  };
  const auto by_name = [](const Schema& schema) {
    return Schema{{"type", "object"}, {"additionalProperties", schema}};
  };
  const Schema spread = object({{"mean", number()}, {"deviation", number()}});
  std::vector<std::string> guides;
  for (const Guidance guidance : {Guidance::none, Guidance::filter, Guidance::warm_start})
    guides.emplace_back(to_string(guidance));
  const Schema search = object({{"search", text()},
                                {"epochs", any_of(whole_number())},
                                {"guide", one_of_texts(guides)},
                                {"score", any_of(text())},
                                {"scored", number()},
                                {"trained", number()},
                                {"metrics", by_name(spread)},
                                {"anytime", by_name(array(any_of(spread)))}});
  return object(
      {{"seconds", number()},
       {"runs", whole_number()},
       {"seed", whole_number()},
       {"continues", {{"type", "boolean"}}},
       {"fidelities", array(object({{"epochs", whole_number()},
                                    {"column", text()},
                                    {"measured", whole_number()},
                                    {"estimated", whole_number()},
                                    {"error", number_or_null()}}))},
       {"pool", whole_number()},
       {"filter_percent", number()},
       {"warm_start", whole_number()},
       {"scoring_seconds", by_name(number())},
       {"metrics", array(text())},
       {"moments", array(number())},
       {"searches", array(search)},
       {"optimum", by_name(object({{"value", number()}, {"arch", text()}}))},
       {"datasets", array(one_of_texts({published_datasets.begin(), published_datasets.end()}))},
       {"published", array(object({{"search", text()},
                                   {"weight_sharing", {{"type", "boolean"}}},
                                   {"metrics", by_name(number())},
                                   {"source", text()}}))}});
}

}  // namespace wrcor
