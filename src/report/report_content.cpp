#include "report/report_content.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <functional>
#include <set>

#include "core/counted.h"
#include "score/statistics.h"
#include "wrcor/core/registry.h"
#include "wrcor/score/proxies.h"
#include "wrcor/search/builtin.h"

namespace wrcor {
namespace {

using Json = nlohmann::ordered_json;
using Column = std::vector<std::optional<double>>;

/// The last `parts` parts of a path.
std::string tail(const std::filesystem::path& folder, std::size_t parts) {
  const std::filesystem::path whole = (folder / "").lexically_normal().parent_path();
  const auto count = static_cast<std::size_t>(std::distance(whole.begin(), whole.end()));
  std::filesystem::path result;
  for (auto part =
           std::next(whole.begin(), static_cast<std::ptrdiff_t>(count - std::min(count, parts)));
       part != whole.end(); ++part) {
    result /= *part;
  }
  return result.string();
}

/// A member of nested objects as human-readable text; nothing if it is missing or empty.
std::string text_at(const Json& document, const char* pointer) {
  const Json::json_pointer place(pointer);
  if (!document.contains(place)) return "";
  const Json& value = document.at(place);
  if (value.is_null()) return "";
  return value.is_string() ? value.get<std::string>() : value.dump();
}

double number_at(const Json& document, const char* pointer) {
  return document.value(Json::json_pointer(pointer), 0.0);
}

/// Text about a number that may be missing.
std::string number_of(const std::string& number, const std::string& thing) {
  return number.empty() ? "" : number + " " + thing + (number == "1" ? "" : "s");
}

std::string joined(std::vector<std::string> parts) {
  std::erase(parts, "");
  return join(parts);
}

std::string labelled(const std::string& label, const std::string& text) {
  return text.empty() ? "" : label + " " + text;
}

/// "nats_sss, cells 1": the space and its options
std::string space_text(const Json& run) {
  std::vector<std::string> parts;
  const Json space = run.value(Json::json_pointer("/config/space"), Json::object());
  for (const auto& [name, value] : space.items()) {
    if (name == "name") {
      parts.push_back(value.get<std::string>());
    } else if (value.is_number()) {
      parts.push_back(name + " " + value.dump());
    }
  }
  return join(parts);
}

std::string strategy_text(const Json& run) {
  const std::string strategy = text_at(run, "/config/search/strategy");
  const auto setting = [&run](const std::string& name) {
    return labelled(name, text_at(run, ("/config/search/" + name).c_str()));
  };
  std::vector<std::string> parts{strategy};
  for (const auto& known : strategies().entries()) {
    if (known.name != strategy) continue;
    for (const StrategyOption& option : known.value.options) {
      if (!std::holds_alternative<bool>(option.fallback)) parts.push_back(setting(option.name));
    }
  }
  if (parts.size() > 1) parts.push_back(setting("window"));
  return joined(parts);
}

std::string limits_text(const Json& run) {
  std::vector<std::string> limits;
  const Json constraints = run.at("config").value("constraints", Json::object());
  for (const auto& [name, value] : constraints.items()) {
    if (!value.is_null() && value != "") limits.push_back(name + " " + value.dump());
  }
  return join(limits);
}

/// With spaces, at which a line can break.
std::string rule_text(const RankingRule& rule) {
  std::string text = rule.text();
  for (std::size_t at = text.find(','); at != text.npos; at = text.find(',', at + 1))
    text.insert(at + 1, 1, ' ');
  return text;
}

std::string counts_text(const Json& run) {
  const Json& counts = run.at("counts");
  const auto count = [&counts](const char* name) {
    const auto number = counts.value(name, std::int64_t{0});
    return number == 0 ? "" : std::to_string(number) + " " + name;
  };
  return fmt::format(
      "{}, {}: {}", counted(counts.at("asked").get<std::int64_t>(), "proposal"),
      counted(counts.at("distinct").get<std::int64_t>(), "different architecture"),
      joined({count("ok"), count("degenerate"), count("not_applicable"), count("failed")}));
}

std::string refined_text(const Json& run) {
  const auto refined = run.at("counts").value("refined", std::int64_t{0});
  return refined == 0
             ? ""
             : fmt::format("the first {} of the ranking, with more draws of weights", refined);
}

/// "params,latency; the front has 12 architectures"
std::string minimised_text(const FinishedRun& run) {
  const std::string costs = text_at(run.document, "/config/search/minimize");
  if (costs.empty()) return "";
  const auto front =
      std::ranges::count(run.ranking, std::optional<std::size_t>(1), &FinishedRun::Row::front);
  return fmt::format("{}; the front has {}", costs, counted(front, "architecture"));
}

/// Empty where another program has trained the architectures.
std::string time_text(const Json& run, std::size_t architectures) {
  if (!run.contains(Json::json_pointer("/timing/seconds"))) return "";
  const double seconds = number_at(run, "/timing/seconds");
  std::string text = fmt::format("{:.1f} s", seconds);
  if (architectures > 0)
    text +=
        fmt::format(", {:.3f} s per architecture", seconds / static_cast<double>(architectures));
  return text;
}

std::string machine_text(const Json& run) {
  return joined({text_at(run, "/timing/device"), text_at(run, "/timing/processor"),
                 number_of(text_at(run, "/timing/workers"), "worker"),
                 text_at(run, "/timing/machine")});
}

Column column_of(const FinishedRun& run,
                 const std::function<std::optional<double>(const FinishedRun::Row&)>& value) {
  Column column;
  for (const FinishedRun::Row& row : run.ranking) column.push_back(value(row));
  return column;
}

PairAgreement agreement(const Column& x, const Column& y) {
  std::vector<double> known_x, known_y;
  for (std::size_t i = 0; i < x.size(); ++i) {
    if (!x[i] || !y[i]) continue;
    known_x.push_back(*x[i]);
    known_y.push_back(*y[i]);
  }
  return {known_x.size(), spearman(known_x, known_y)};
}

}  // namespace

std::optional<double> FigureTable::value(const std::string& arch, const std::string& column) const {
  const auto row = table.find(arch);
  return row ? table.value(*row, column) : std::nullopt;
}

std::vector<std::string> run_names(const std::vector<std::filesystem::path>& folders) {
  std::vector<std::string> names;
  for (std::size_t parts = 1;; ++parts) {
    names.clear();
    for (const auto& folder : folders)
      names.push_back(tail(std::filesystem::absolute(folder), parts));
    const std::set<std::string> different(names.begin(), names.end());
    const auto longest =
        std::max_element(names.begin(), names.end(),
                         [](const auto& a, const auto& b) { return a.size() < b.size(); });
    if (different.size() == names.size() || longest == names.end() || longest->starts_with('/'))
      return names;
  }
}

std::vector<std::pair<std::string, std::string>> run_facts(const FinishedRun& run) {
  const Json& document = run.document;
  std::vector<std::pair<std::string, std::string>> facts = {
      {"Search space", space_text(document)},
      {"Strategy", strategy_text(document)},
      {"Constraints", limits_text(document)},
      {"Ranked by", rule_text(run.rule)},
      {"Proxies", join(run.proxies)},
      {"Minibatch",
       joined({number_of(text_at(document, "/batch/size"), "image"),
               labelled("of", text_at(document, "/batch/dataset")),
               labelled("SHA-256", text_at(document, "/batch/sha256").substr(0, 12))})},
      {"Draws of weights",
       document.contains("batch") ? text_at(document, "/config/score/repeats") : ""},
      {"Seed", text_at(document, "/config/run/seed")},
      {"Evaluated", counts_text(document)},
      {"Scored again", refined_text(document)},
      {"Minimised", minimised_text(run)},
      {"Ended by", text_at(document, "/ended_by")},
      {"Time", time_text(document, run.ranking.size())},
      {"Machine", machine_text(document)},
      {"Started", text_at(document, "/timing/started")},
      {"Program", joined({labelled("wrcor", text_at(document, "/tool/version")),
                          labelled("libtorch", text_at(document, "/libtorch"))})},
  };
  std::erase_if(facts, [](const auto& fact) { return fact.second.empty(); });
  return facts;
}

Direction better_of(const RankingRule& rule, const std::string& proxy) {
  const auto member = std::find_if(rule.members.begin(), rule.members.end(),
                                   [&](const auto& each) { return each.proxy == proxy; });
  if (member != rule.members.end()) return member->better;
  const std::vector<std::string> registered = proxies().names();
  const bool known = std::find(registered.begin(), registered.end(), proxy) != registered.end();
  return known ? proxies().find(proxy).value.better : Direction::higher;
}

AgreementMatrix agreement_matrix(const FinishedRun& run,
                                 const std::optional<FigureTable>& accuracies) {
  AgreementMatrix matrix;
  std::vector<Column> columns;
  const auto add = [&](const std::string& name, const auto& value) {
    matrix.names.push_back(name);
    columns.push_back(column_of(run, value));
  };
  if (run.rule.is_vote()) add("vote", [](const auto& row) { return row.vote; });
  for (const std::string& proxy : run.proxies) {
    const double sign = better_of(run.rule, proxy) == Direction::lower ? -1 : 1;
    add(proxy, [&](const auto& row) -> std::optional<double> {
      const std::optional<double> order = row.evaluation.score(proxy).order();
      return order ? std::optional(sign * *order) : std::nullopt;
    });
  }
  const auto cost = [](std::int64_t value) { return std::optional(static_cast<double>(value)); };
  add("parameters", [&](const auto& row) { return cost(row.evaluation.costs.params); });
  add("FLOPs", [&](const auto& row) { return cost(row.evaluation.costs.flops); });
  if (accuracies) {
    for (const std::string& column : accuracies->columns)
      add(column, [&](const auto& row) { return accuracies->value(row.arch, column); });
  }
  matrix.pairs.assign(columns.size(), std::vector<PairAgreement>(columns.size()));
  for (std::size_t x = 0; x < columns.size(); ++x) {
    for (std::size_t y = 0; y <= x; ++y)
      matrix.pairs[x][y] = matrix.pairs[y][x] = agreement(columns[x], columns[y]);
  }
  return matrix;
}

TrainingCost training_cost(const FinishedRun& run, const FigureTable& times) {
  TrainingCost cost{run.ranking.size(), 0, 0};
  for (const FinishedRun::Row& row : run.ranking) {
    const auto seconds = times.value(row.arch, times.columns.front());
    if (!seconds) continue;
    ++cost.covered;
    cost.seconds += *seconds;
  }
  return cost;
}

}  // namespace wrcor
