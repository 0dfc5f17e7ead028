#include "report/explanation_report.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>

#include "core/counted.h"
#include "core/json_schema_parts.h"
#include "core/schema_version.h"
#include "core/table.h"
#include "score/evaluation_schema.h"
#include "score/statistics.h"
#include "wrcor/score/proxies.h"

namespace wrcor {
namespace {

using ProxyExplanation = Explanation::ProxyExplanation;
using Change = Explanation::Change;
using Rows = std::vector<std::vector<std::string>>;

/// A difference or a deviation.
std::string amount(double value) { return fmt::format("{:.3g}", value); }

/// "±1.2 over 8 draws of weights"
std::string spread_text(const std::vector<double>& values, const std::string& of) {
  if (values.size() < 2) return {};
  return fmt::format("±{} over {} {}", amount(spread_of(values).deviation), values.size(), of);
}

std::string uncertainty_text(const ProxyExplanation& facts) {
  const std::string weights = spread_text(facts.weights, "draws of weights");
  const std::string minibatches = spread_text(facts.minibatches, "minibatches");
  const std::string both = weights.empty() || minibatches.empty() ? "" : ", ";
  return weights + both + minibatches;
}

/// The scores, their uncertainty and their place among random cells.
std::string scores_text(const Explanation& explanation) {
  Rows rows;
  for (std::size_t p = 0; p < explanation.proxies.size(); ++p) {
    const ProxyExplanation& facts = explanation.proxies[p];
    const Score& score = explanation.evaluation.scores[p].second;
    if (!score.order()) {
      rows.push_back(
          {facts.proxy, "none", std::string(to_string(score.status)) + ": " + score.reason});
      continue;
    }
    rows.push_back({facts.proxy, score.value ? score_text(*score.value) : power_text(*score.log10),
                    uncertainty_text(facts),
                    explanation.drawn == 0 ? ""
                                           : fmt::format("better than {} of {} random cells",
                                                         facts.outscored, explanation.drawn)});
  }
  return "Scores, with their standard deviations\n" + format_table({}, rows, 2);
}

/// The lead that another cell needs to be better beyond chance under the same draw: the deviation
/// of a difference of two scores is the root of two times that of one.
std::string meaning_text(const ProxyExplanation& facts) {
  if (facts.weights.size() < 2) return {};
  const double deviation = spread_of(facts.weights).deviation;
  const double error = deviation / std::sqrt(static_cast<double>(facts.weights.size()));
  return fmt::format(
      "  The mean of {} over {} draws is known to ±{} (95 %). Compared with another cell under "
      "other\n  weights, a difference below {} may be chance.\n",
      facts.proxy, facts.weights.size(),
      amount(student_t_97_5(static_cast<int>(facts.weights.size()) - 1) * error),
      amount(1.96 * std::sqrt(2.0) * deviation));
}

/// For each decision, the choices that raise and lower the score most.
std::string changes_text(const Explanation& explanation) {
  if (!explanation.evaluation.scores.front().second.value) return {};
  const ProxyExplanation& by = explanation.proxies.front();
  const double sign = by.higher_is_better ? 1 : -1;
  const auto gain = [&](const Change& change) { return sign * change.differences.front().value(); };
  std::vector<std::string> decisions;
  std::map<std::string, std::vector<const Change*>> by_decision;
  for (const Change& change : explanation.changes) {
    auto& changes = by_decision[change.decision];
    if (changes.empty()) decisions.push_back(change.decision);
    changes.push_back(&change);
  }
  Rows rows;
  for (const std::string& decision : decisions) {
    const Change *best = nullptr, *worst = nullptr, *undefined = nullptr;
    for (const Change* change : by_decision[decision]) {
      if (!change->differences.front()) {
        undefined = change;
        continue;
      }
      if (best == nullptr || gain(*change) > gain(*best)) best = change;
      if (worst == nullptr || gain(*change) < gain(*worst)) worst = change;
    }
    const auto cell = [&](const Change* change) {
      return change == nullptr ? ""
                               : fmt::format("{} {}{}", change->other,
                                             *change->differences.front() < 0 ? "" : "+",
                                             amount(*change->differences.front()));
    };
    rows.push_back({decision, by_decision[decision].front()->value, cell(best),
                    undefined != nullptr ? undefined->other + " (no score)" : cell(worst)});
  }
  return fmt::format("Effect of one other operation on {}, under the same weights and images\n",
                     by.proxy) +
         format_table({"decision", "now", "best", "worst"}, rows, 2) + "\n";
}

struct UnitShare {
  double norm = 0;
  std::size_t responses = 0;
  double correlation = 0;  ///< weighted by norm
};

std::map<int, UnitShare> shares_by_unit(const std::vector<ResponsePart>& parts) {
  std::map<int, UnitShare> units;
  for (const ResponsePart& part : parts) {
    UnitShare& unit = units[part.unit];
    unit.norm += part.share;
    ++unit.responses;
    unit.correlation += part.share * part.correlation;
  }
  for (auto& [number, unit] : units) {
    if (unit.norm > 0) unit.correlation /= unit.norm;
  }
  return units;
}

std::string parts_text(const std::vector<ResponsePart>& parts) {
  if (parts.empty()) return "WRCor: the network has no ReLU, and so no response\n";
  const std::map<int, UnitShare> units = shares_by_unit(parts);
  constexpr std::size_t last = 3;
  double of_last = 0;
  std::size_t taken = 0;
  for (auto unit = units.rbegin(); unit != units.rend() && taken < last; ++unit, ++taken)
    of_last += unit->second.norm;
  const auto dropped = std::count_if(parts.begin(), parts.end(),
                                     [](const ResponsePart& part) { return part.norm == 0; });
  const auto largest = std::max_element(
      parts.begin(), parts.end(),
      [](const ResponsePart& a, const ResponsePart& b) { return a.share < b.share; });
  if (largest->norm == 0)
    return "WRCor: every response is constant for some image, and so none adds to K\n";
  std::string text = fmt::format(
      "Where wrcor comes from: {} in {}; the weight doubles from unit to unit, so "
      "that the\nlast {} make {:.0f} % of K. The largest is the {} at {} with {:.0f} %{}.\n",
      counted(parts.size(), "response"), counted(units.size(), "unit"), taken, 100 * of_last,
      largest->gradient ? "gradient" : "activation", largest->layer, 100 * largest->share,
      largest->effect
          ? fmt::format("; without it wrcor would be {} {}", amount(std::abs(*largest->effect)),
                        *largest->effect > 0 ? "lower" : "higher")
          : "");
  if (dropped > 0)
    text += counted(dropped, "response is", "responses are") +
            " constant for some image and add nothing.\n";
  Rows rows;
  for (const auto& [number, unit] : units) {
    rows.push_back({std::to_string(number), std::to_string(unit.responses),
                    fmt::format("{:.2f}", 100 * unit.norm),
                    fmt::format("{:.4f}", unit.correlation)});
  }
  return text + format_table({"unit", "responses", "% of K", "mean correlation"}, rows, 2);
}

nlohmann::ordered_json optional_json(const std::optional<double>& value) {
  return value ? nlohmann::ordered_json(*value) : nlohmann::ordered_json();
}

nlohmann::ordered_json proxy_json(const ProxyExplanation& facts) {
  nlohmann::ordered_json json{{"proxy", facts.proxy}};
  const auto add = [&](const char* name, const std::vector<double>& values) {
    if (values.size() < 2) return;
    const Spread spread = spread_of(values);
    json[name] = {{"mean", spread.mean}, {"deviation", spread.deviation}, {"values", values}};
  };
  add("weights", facts.weights);
  add("minibatches", facts.minibatches);
  json["random_cells"] = facts.random_cells;
  json["beaten"] = facts.outscored;
  return json;
}

nlohmann::ordered_json change_json(const Explanation& explanation, const Change& change) {
  auto differences = nlohmann::ordered_json::object();
  for (std::size_t p = 0; p < change.differences.size(); ++p)
    differences[explanation.proxies[p].proxy] = optional_json(change.differences[p]);
  return {{"decision", change.decision},
          {"value", change.value},
          {"other", change.other},
          {"differences", std::move(differences)}};
}

}  // namespace

std::string explanation_text(const Explanation& explanation) {
  const Costs& costs = explanation.evaluation.costs;
  return fmt::format("{}\n{}, {}\n\n", explanation.arch, counted(costs.params, "parameter"),
                     counted(costs.flops, "FLOP")) +
         scores_text(explanation) + meaning_text(explanation.proxies.front()) + "\n" +
         changes_text(explanation) + parts_text(explanation.parts);
}

std::string explanation_json(const Explanation& explanation) {
  nlohmann::ordered_json document{{"schema_version", schema_version::explanation},
                                  {"arch", explanation.arch}};
  document.update(to_json(explanation.evaluation));
  document["drawn"] = explanation.drawn;
  for (const char* key : {"proxies", "changes", "parts"})
    document[key] = nlohmann::ordered_json::array();
  for (const ProxyExplanation& facts : explanation.proxies)
    document["proxies"].push_back(proxy_json(facts));
  for (const Change& change : explanation.changes)
    document["changes"].push_back(change_json(explanation, change));
  for (const ResponsePart& part : explanation.parts) document["parts"].push_back(to_json(part));
  return document.dump(2) + "\n";
}

nlohmann::ordered_json explanation_schema() {
  using namespace json_schema_parts;
  const std::vector<std::string> names = proxies().names();
  const Schema draws =
      object({{"mean", number()}, {"deviation", number()}, {"values", array(number())}});
  const Schema proxy = object({{"proxy", one_of_texts(names)},
                               {"weights", draws, /*required=*/false},
                               {"minibatches", draws, /*required=*/false},
                               {"random_cells", array(number())},
                               {"beaten", whole_number()}});
  const Schema change = object({{"decision", text()},
                                {"value", text()},
                                {"other", text()},
                                {"differences", map(names, number_or_null())}});
  return document(
      "explanation", schema_version::explanation,
      "What wrcor score --explain --format jsonl prints",
      evaluation_object(joined(
          joined({{"schema_version", constant(schema_version::explanation)}, {"arch", text()}},
                 evaluation_members()),
          {{"drawn", whole_number()},
           {"proxies", array(proxy)},
           {"changes", array(change)},
           {"parts", array(response_part_schema())}})));
}

}  // namespace wrcor
