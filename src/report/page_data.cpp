#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <map>

#include "drawing/portrait_drawing.h"
#include "report/report_page.h"
#include "score/agreement.h"
#include "wrcor/score/proxies.h"

namespace wrcor {
namespace {

using Json = nlohmann::ordered_json;

Json rounded(std::optional<double> value) {
  if (!value) return nullptr;
  return std::strtod(fmt::format("{:.6g}", *value).c_str(), nullptr);
}

/// Numbers things in the order of their first occurrence.
class Numbering {
 public:
  std::size_t operator()(const std::string& thing) {
    const auto [known, added] = numbers_.emplace(thing, things_.size());
    if (added) things_.push_back(thing);
    return known->second;
  }
  const std::vector<std::string>& things() const { return things_; }

 private:
  std::map<std::string, std::size_t> numbers_;
  std::vector<std::string> things_;
};

/// All architectures of a report, each once, and their drawings. Drawings consist of few different
/// lines, so a drawing is a list of the numbers of its lines.
class DrawnArchitectures {
 public:
  explicit DrawnArchitectures(const SearchSpace& space) : space_(space) {}

  std::size_t number(const std::string& arch) {
    const std::size_t number = archs_(arch);
    if (number == drawings_.size()) drawings_.push_back(drawing(arch));
    return number;
  }
  const std::vector<std::string>& archs() const { return archs_.things(); }

  Json json() const {
    return {{"archs", archs()}, {"lines", lines_.things()}, {"drawings", drawings_}};
  }

 private:
  Json drawing(const std::string& arch) {
    const std::string svg = portrait_svg(space_.portrait(space_.parse(arch)), "");
    Json numbers = Json::array();
    for (std::size_t start = 0, end = 0; start < svg.size(); start = end) {
      end = std::min(svg.find('\n', start), svg.size() - 1) + 1;
      numbers.push_back(lines_(svg.substr(start, end - start)));
    }
    return numbers;
  }

  const SearchSpace& space_;
  Numbering archs_, lines_;
  Json drawings_ = Json::array();
};

template <typename Value>
Json column(const FinishedRun& run, const Value& value) {
  Json values = Json::array();
  for (const FinishedRun::Row& row : run.ranking) values.push_back(value(row));
  return values;
}

/// Whether all values of a score are best read as powers of ten.
bool has_logarithms(const FinishedRun& run, const std::string& proxy) {
  bool any = false;
  for (const FinishedRun::Row& row : run.ranking) {
    const Score& score = row.evaluation.score(proxy);
    if (score.order() && !score.log10) return false;
    any = any || score.log10;
  }
  return any;
}

std::string name_of(const FinishedRun& run, const std::string& proxy) {
  return has_logarithms(run, proxy) ? "log10 " + proxy : proxy;
}

Json score_column(const FinishedRun& run, const std::string& proxy) {
  return {{"name", name_of(run, proxy)},
          {"lower", better_of(run.rule, proxy) == Direction::lower},
          {"values", column(run, [&](const FinishedRun::Row& row) {
             return rounded(row.evaluation.score(proxy).order());
           })}};
}

Json scores_of(const FinishedRun& run) {
  Json scores = Json::array();
  for (const std::string& proxy : run.proxies) scores.push_back(score_column(run, proxy));
  return scores;
}

Json ranks_of(const FinishedRun& run) {
  const auto& rows = run.ranking;
  if (std::none_of(rows.begin(), rows.end(), [](const auto& row) { return row.ranks; }))
    return nullptr;
  return column(run, [](const auto& row) {
    return row.ranks ? Json{row.ranks->best, row.ranks->worst} : Json();
  });
}

/// Null where no costs were minimised.
Json front_of(const FinishedRun& run) {
  if (run.ranking.empty() || run.ranking.front().costs.empty()) return nullptr;
  return column(run, [](const auto& row) { return row.front ? Json(*row.front) : Json(); });
}

/// The costs that were minimised, except for those that every run has.
Json costs_of(const FinishedRun& run) {
  Json costs = Json::array();
  if (run.ranking.empty()) return costs;
  for (std::size_t k = 0; k < run.ranking.front().costs.size(); ++k) {
    const std::string& name = run.ranking.front().costs[k].first;
    if (name == "params" || name == "flops") continue;
    costs.push_back({{"name", name}, {"values", column(run, [k](const auto& row) {
                                        return k < row.costs.size() ? rounded(row.costs[k].second)
                                                                    : Json();
                                      })}});
  }
  return costs;
}

Json seconds_of(const FinishedRun& run) {
  if (run.elapsed.empty()) return nullptr;
  return column(run, [&run](const FinishedRun::Row& row) {
    const auto found = run.elapsed.find(row.arch);
    return found == run.elapsed.end() ? Json() : rounded(found->second);
  });
}

/// Null where another program has trained the architectures.
Json search_seconds(const FinishedRun& run) {
  const auto seconds = "/timing/seconds"_json_pointer;
  return run.document.contains(seconds) ? rounded(run.document.at(seconds).get<double>()) : Json();
}

Json matrix_json(const AgreementMatrix& matrix) {
  Json rho = Json::array(), architectures = Json::array();
  for (const auto& line : matrix.pairs) {
    Json values = Json::array(), counts = Json::array();
    for (const PairAgreement& pair : line) {
      values.push_back(rounded(pair.rho));
      counts.push_back(pair.architectures);
    }
    rho.push_back(std::move(values));
    architectures.push_back(std::move(counts));
  }
  return {{"names", matrix.names}, {"rho", std::move(rho)}, {"n", std::move(architectures)}};
}

Json facts_json(const FinishedRun& run) {
  Json facts = Json::array();
  for (const auto& [label, text] : run_facts(run)) facts.push_back({label, text});
  return facts;
}

/// How the ranking of a run orders those of its networks that have a figure, by measure.
Json order_of(const FinishedRun& run, const FigureTable& figures, const std::string& column) {
  const RankingMember& member = run.rule.members.front();
  const double sign = !run.rule.is_vote() && member.better == Direction::lower ? -1 : 1;
  std::vector<std::optional<double>> scores;
  std::vector<double> values, sizes;
  for (const FinishedRun::Row& row : run.ranking) {
    const std::optional<double> figure = figures.value(row.arch, column);
    if (!figure) continue;
    const std::optional<double> score = run.value(row);
    scores.push_back(score ? std::optional(sign * *score) : std::nullopt);
    values.push_back(*figure);
    sizes.push_back(static_cast<double>(row.evaluation.costs.params));
  }
  constexpr std::size_t top = 10;
  const Measures measures = Agreement(scores, values, top, sizes).measures();
  Json json = Json::object();
  for (const Measure measure :
       {Measure::spearman, Measure::kendall, Measure::spearman_top_5_percent,
        Measure::kendall_top_5_percent, Measure::spearman_top_10_percent,
        Measure::kendall_top_10_percent, Measure::top_k, Measure::ndcg, Measure::kendall_same_size})
    json[std::string(to_string(measure))] = rounded(measures[measure]);
  return json;
}

Json run_json(const ReportedRun& reported, const ReportContent& content,
              DrawnArchitectures& cells) {
  const FinishedRun& run = reported.run;
  Json json{
      {"name", reported.name},
      {"facts", facts_json(run)},
      {"rule", run.rule.text()},
      {"vote", run.rule.is_vote()},
      {"rankedBy", run.rule.is_vote() ? "vote" : name_of(run, run.rule.members.front().proxy)},
      {"settings", run.document.value("settings", "")},
      {"searchSeconds", search_seconds(run)},
      {"proposals", run.document.at("counts").at("asked")},
      {"cells", column(run, [&](const auto& row) { return cells.number(row.arch); })},
      {"status", column(run,
                        [](const auto& row) {
                          const Evaluation& evaluation = row.evaluation;
                          return evaluation.status == Status::ok
                                     ? std::string("ok")
                                     : std::string(to_string(evaluation.status)) + ": " +
                                           evaluation.reason;
                        })},
      {"value", column(run, [&run](const auto& row) { return rounded(run.value(row)); })},
      {"params", column(run, [](const auto& row) { return row.evaluation.costs.params; })},
      {"flops", column(run, [](const auto& row) { return row.evaluation.costs.flops; })},
      {"ranks", ranks_of(run)},
      {"front", front_of(run)},
      {"costs", costs_of(run)},
      {"refined", run.document.at("counts").value("refined", 0)},
      {"proposal", column(run, [](const auto& row) { return row.first_seen + 1; })},
      {"seconds", seconds_of(run)},
      {"scores", scores_of(run)},
      {"agreement", matrix_json(agreement_matrix(run, content.accuracies))},
  };
  if (content.accuracies) {
    for (const std::string& column : content.accuracies->columns)
      json["order"][column] = order_of(run, *content.accuracies, column);
  }
  if (content.training) {
    const TrainingCost cost = training_cost(run, *content.training);
    json["training"] = {{"covered", cost.covered}, {"seconds", rounded(cost.seconds)}};
  }
  return json;
}

/// The best value of a column in the whole table: the optimum.
Json best_of(const FigureTable& figures, const std::string& name) {
  std::optional<double> best;
  for (std::size_t row = 0; row < figures.table.size(); ++row) {
    const auto& value = figures.table.value(row, name);
    if (value && (!best || *value > *best)) best = value;
  }
  return rounded(best);
}

/// @param archs  by their numbers
Json figures_json(const FigureTable& figures, const std::vector<std::string>& archs) {
  Json columns = Json::array();
  for (const std::string& name : figures.columns) {
    Json values = Json::array();
    for (const std::string& arch : archs) values.push_back(rounded(figures.value(arch, name)));
    columns.push_back(
        {{"name", name}, {"best", best_of(figures, name)}, {"values", std::move(values)}});
  }
  return {{"file", figures.file}, {"rows", figures.table.size()}, {"columns", std::move(columns)}};
}

Json spreads_json(const BudgetedSearch& search, std::size_t metric) {
  Json values = Json::array();
  for (const auto& answers : search.anytime) {
    values.push_back(answers ? Json{{"mean", rounded((*answers)[metric].mean)},
                                    {"deviation", rounded((*answers)[metric].deviation)}}
                             : Json());
  }
  return values;
}

/// The content of the evaluation's text, and the answers at all moments.
Json searches_json(const BudgetedSearchReport& report) {
  Json lines = Json::array();
  for (const BudgetedSearch& search : report.searches) {
    Json anytime = Json::object();
    for (std::size_t m = 0; m < report.metrics.size(); ++m)
      anytime[report.metrics[m]] = spreads_json(search, m);
    lines.push_back({{"search", search_name(search)},
                     {"epochs", epochs_text(report, search)},
                     {"guide", guide_text(search)},
                     {"anytime", std::move(anytime)}});
  }
  const TextTable table = budgeted_table(report);
  return {{"metrics", report.metrics},      {"moments", report.moments},
          {"runs", report.conditions.runs}, {"lines", std::move(lines)},
          {"header", table.header},         {"rows", table.rows},
          {"notes", budgeted_notes(report)}};
}

}  // namespace

Json page_data(const ReportContent& content, const SearchSpace& space) {
  DrawnArchitectures cells(space);
  Json runs = Json::array();
  for (const ReportedRun& run : content.runs) runs.push_back(run_json(run, content, cells));
  Json data{{"title", content.title}, {"top", content.top}};
  data.update(cells.json());
  const auto figures = [&](const std::optional<FigureTable>& table) {
    return table ? figures_json(*table, cells.archs()) : Json();
  };
  data["accuracies"] = figures(content.accuracies);
  data["training"] = figures(content.training);
  data["searches"] = content.searches ? searches_json(*content.searches) : Json();
  data["runs"] = std::move(runs);
  return data;
}

}  // namespace wrcor
