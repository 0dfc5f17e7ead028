#include <algorithm>
#include <stdexcept>

#include "core/json.h"
#include "core/schema_version.h"
#include "core/text_file.h"
#include "report/budgeted_search_report.h"
#include "score/published.h"
#include "wrcor/core/error.h"

namespace wrcor {
namespace {

using nlohmann::ordered_json;

void require(bool holds, const char* what) {
  if (!holds) throw std::invalid_argument(what);
}

Spread spread_from(const ordered_json& json) {
  return {json.at("mean").get<double>(), json.at("deviation").get<double>()};
}

Guidance guidance_from(const std::string& name) {
  for (const Guidance guidance : {Guidance::none, Guidance::filter, Guidance::warm_start}) {
    if (name == to_string(guidance)) return guidance;
  }
  throw std::invalid_argument("no such guide");
}

BudgetedSearchReport::KnownFidelity fidelity_from(const ordered_json& json) {
  const ordered_json& error = json.at("error");
  return {{json.at("epochs").get<int>(), FigureColumn::parse(json.at("column"))},
          {json.at("measured").get<std::size_t>(), json.at("estimated").get<std::size_t>(),
           error.is_null() ? std::nullopt : std::optional(error.get<double>())}};
}

/// The fidelity with this many epochs; nothing for null.
std::optional<std::size_t> fidelity_number(const ordered_json& epochs,
                                           const BudgetedSearchReport& report) {
  if (epochs.is_null()) return std::nullopt;
  const auto found = std::ranges::find_if(report.fidelities, [&](const auto& known) {
    return known.fidelity.epochs == epochs.get<int>();
  });
  require(found != report.fidelities.end(), "no such fidelity");
  return static_cast<std::size_t>(found - report.fidelities.begin());
}

/// The answers at one moment, for all metrics; nothing where a metric has none.
std::optional<std::vector<Spread>> answers_from(const ordered_json& anytime,
                                                const BudgetedSearchReport& report,
                                                std::size_t moment) {
  std::vector<Spread> answers;
  for (const std::string& metric : report.metrics) {
    const ordered_json& spread = anytime.at(metric).at(moment);
    if (spread.is_null()) return std::nullopt;
    answers.push_back(spread_from(spread));
  }
  return answers;
}

BudgetedSearch search_from(const ordered_json& json, const BudgetedSearchReport& report) {
  BudgetedSearch search;
  search.method = {json.at("search").get<std::string>(),
                   fidelity_number(json.at("epochs"), report)};
  search.guidance = guidance_from(json.at("guide"));
  if (search.guidance != Guidance::none) search.score = json.at("score").get<std::string>();
  search.scored = json.at("scored").get<double>();
  search.trained = json.at("trained").get<double>();
  for (const std::string& metric : report.metrics)
    search.metrics.push_back(spread_from(json.at("metrics").at(metric)));
  for (std::size_t moment = 0; moment < report.moments.size(); ++moment)
    search.anytime.push_back(answers_from(json.at("anytime"), report, moment));
  return search;
}

}  // namespace

BudgetedSearchReport budgeted_from_json(const ordered_json& json) {
  BudgetedSearchReport report;
  report.metrics = json.at("metrics").get<std::vector<std::string>>();
  report.conditions.seconds = json.at("seconds").get<double>();
  report.conditions.runs = json.at("runs").get<int>();
  report.conditions.seed = json.at("seed").get<std::uint64_t>();
  report.conditions.pool = json.at("pool").get<std::size_t>();
  report.conditions.filter_percent = json.at("filter_percent").get<double>();
  report.conditions.warm_start = json.at("warm_start").get<std::size_t>();
  report.continues = json.at("continues").get<bool>();
  for (const ordered_json& fidelity : json.at("fidelities"))
    report.fidelities.push_back(fidelity_from(fidelity));
  for (const auto& [score, seconds] : json.at("scoring_seconds").items())
    report.scoring_seconds[score] = seconds.get<double>();
  report.moments = json.at("moments").get<std::vector<double>>();
  require(!report.metrics.empty() && !report.fidelities.empty(), "no metric, or no fidelity");
  require(report.moments.size() == BudgetedSearches::moments, "another number of moments");
  for (const std::string& metric : report.metrics) {
    const ordered_json& optimum = json.at("optimum").at(metric);
    report.optima.push_back(
        {optimum.at("arch").get<std::string>(), optimum.at("value").get<double>()});
  }
  report.published = json.at("datasets").get<std::vector<std::string>>();
  require(report.published.empty() || report.published.size() == report.metrics.size(),
          "not one data set for each metric");
  for (const std::string& name : report.published)
    require(std::ranges::find(published_datasets, name) != published_datasets.end(), "data set");
  for (const ordered_json& search : json.at("searches"))
    report.searches.push_back(search_from(search, report));
  return report;
}

BudgetedSearchReport read_budgeted_searches(const std::filesystem::path& path) {
  constexpr std::uint64_t largest_file = 256 << 20;
  const std::string name = path.string();
  const std::string what = "; expected what 'wrcor evaluate --fidelity ... --format json' prints";
  try {
    const ordered_json document = parse_json(read_text_file(path, largest_file));
    if (!document.is_object() || !document.contains(budgeted_key))
      throw DataError(name + ": there are no simulated searches" + what);
    read_schema_version(document, schema_version::evaluation, name);
    return budgeted_from_json(document.at(budgeted_key));
  } catch (const JsonError& error) {
    throw DataError(name + ": " + error.what() + what);
  } catch (const nlohmann::json::exception&) {
    throw DataError(name + ": the simulated searches are damaged" + what);
  } catch (const std::invalid_argument&) {
    throw DataError(name + ": the simulated searches contradict themselves" + what);
  }
}

}  // namespace wrcor
