#include "report/difference_report.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <cmath>

#include "core/counted.h"
#include "core/json_schema_parts.h"
#include "core/schema_version.h"
#include "core/table.h"
#include "wrcor/core/registry.h"
#include "wrcor/score/proxies.h"

namespace wrcor {
namespace {

using Json = nlohmann::ordered_json;
using Figure = ScoreTable::Record::Figure;

std::string figure_text(const Figure& figure) {
  if (figure.value) return fmt::format("{}", *figure.value);
  return figure.log10 ? power_text(*figure.log10) : "undefined";
}

/// A heading with the number of rows, the first of them, and how many follow.
class Section {
 public:
  Section(std::string heading, std::vector<std::string> columns)
      : heading_(std::move(heading)), columns_(std::move(columns)) {}

  void add(std::vector<std::string> row) {
    if (rows_.size() < most) rows_.push_back(std::move(row));
    ++count_;
  }

  std::string text() const {
    if (count_ == 0) return {};
    std::string text = fmt::format("\n{}: {}\n", heading_, count_);
    text += format_table(columns_, rows_, 2);
    if (count_ > rows_.size()) text += fmt::format("  and {} more\n", count_ - rows_.size());
    return text;
  }

 private:
  static constexpr std::size_t most = 20;

  std::string heading_;
  std::vector<std::string> columns_;
  std::vector<std::vector<std::string>> rows_;
  std::size_t count_ = 0;
};

std::string section_of(const std::string& heading, const std::vector<std::string>& archs) {
  Section section(heading, {});
  for (const std::string& arch : archs) section.add({arch});
  return section.text();
}

Json side(const ScoreRecords& file) {
  Json json{{"file", file.file}, {"architectures", file.records.size()}};
  if (!file.rule.empty()) json["rank_by"] = file.rule;
  return json;
}

/// Null for what is undefined, and for the infinite difference of a defined and an undefined score.
Json finite_or_null(const std::optional<double>& value) {
  return value && std::isfinite(*value) ? Json(*value) : Json(nullptr);
}

}  // namespace

std::string difference_summary(const ScoreDifferences& differences) {
  std::vector<std::string> parts;
  const auto add = [&](std::size_t count, const char* singular, const char* plural) {
    if (count > 0) parts.push_back(counted(count, singular, plural));
  };
  add(differences.scores.size(), "score", "scores");
  add(differences.moved.size(), "rank", "ranks");
  add(differences.only_first.size() + differences.only_second.size(),
      "architecture that is in one only", "architectures that are in one only");
  return join(parts);
}

std::string difference_table(const DifferenceReport& report) {
  const ScoreDifferences& found = report.differences;
  std::string text;
  for (const ScoreRecords* file : {&report.first, &report.second})
    text += fmt::format("{}: {}\n", file->file, counted(file->records.size(), "architecture"));
  text += fmt::format("{} compared, largest relative difference {:.2g}\n",
                      counted(found.compared, "score"), found.largest_relative);
  text += section_of("only in " + report.first.file, found.only_first);
  text += section_of("only in " + report.second.file, found.only_second);
  Section scores(fmt::format("scores that differ by more than {:g}", report.tolerance),
                 {"relative", "proxy", "first", "second", "arch"});
  for (const auto& score : found.scores) {
    scores.add({fmt::format("{:.2g}", score.relative), score.name, figure_text(score.first),
                figure_text(score.second), score.arch});
  }
  Section ranks("ranks that moved", {"first", "second", "arch"});
  for (const auto& move : found.moved)
    ranks.add({std::to_string(move.first), std::to_string(move.second), move.arch});
  return text + scores.text() + ranks.text();
}

std::string difference_json(const DifferenceReport& report) {
  const ScoreDifferences& found = report.differences;
  Json scores = Json::array(), moved = Json::array();
  for (const auto& score : found.scores) {
    Json entry{{"arch", score.arch},
               {"proxy", score.name},
               {"first", finite_or_null(score.first.value)},
               {"second", finite_or_null(score.second.value)},
               {"relative", finite_or_null(score.relative)}};
    if (score.first.log10) entry["first_log10"] = *score.first.log10;
    if (score.second.log10) entry["second_log10"] = *score.second.log10;
    scores.push_back(std::move(entry));
  }
  for (const auto& move : found.moved)
    moved.push_back({{"arch", move.arch}, {"first", move.first}, {"second", move.second}});
  Json document{{"schema_version", schema_version::comparison},
                {"first", side(report.first)},
                {"second", side(report.second)},
                {"tolerance", report.tolerance},
                {"agree", found.none()},
                {"only_first", found.only_first},
                {"only_second", found.only_second},
                {"compared", found.compared},
                {"largest_relative", finite_or_null(found.largest_relative)},
                {"scores", std::move(scores)}};
  if (found.ranked) document["ranks"] = std::move(moved);
  return document.dump(2) + "\n";
}

Json difference_schema() {
  using namespace json_schema_parts;
  const Schema file = object({{"file", text()},
                              {"architectures", whole_number()},
                              {"rank_by", text(), /*required=*/false}});
  const Schema score = object({{"arch", text()},
                               {"proxy", text()},
                               {"first", number_or_null()},
                               {"second", number_or_null()},
                               {"relative", number_or_null()},
                               {"first_log10", number(), /*required=*/false},
                               {"second_log10", number(), /*required=*/false}});
  const Schema move =
      object({{"arch", text()}, {"first", whole_number()}, {"second", whole_number()}});
  return document("comparison", schema_version::comparison,
                  "What wrcor compare --format json prints",
                  object({{"schema_version", constant(schema_version::comparison)},
                          {"first", file},
                          {"second", file},
                          {"tolerance", number()},
                          {"agree", {{"type", "boolean"}}},
                          {"only_first", array(text())},
                          {"only_second", array(text())},
                          {"compared", whole_number()},
                          {"largest_relative", number_or_null()},
                          {"scores", array(score)},
                          {"ranks", array(move), /*required=*/false}}));
}

}  // namespace wrcor
