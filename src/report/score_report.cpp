#include "wrcor/report/score_report.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>

#include "wrcor/core/json.h"
#include "wrcor/report/table.h"

namespace wrcor {
namespace {

std::vector<std::string> columns(const std::vector<std::string>& proxies) {
  std::vector<std::string> names{"arch", "status", "reason"};
  names.insert(names.end(), proxies.begin(), proxies.end());
  names.insert(names.end(), {"params", "flops"});
  return names;
}

/// As many digits as it takes to read the value back.
std::string exact_text(double value) { return fmt::format("{}", value); }

std::vector<std::string> cells(const std::string& arch, const Evaluation& evaluation,
                               std::string (*number_text)(double)) {
  std::vector<std::string> row{arch, std::string(to_string(evaluation.status)), evaluation.reason};
  for (const auto& [name, score] : evaluation.scores) {
    row.push_back(score.value ? number_text(*score.value) : "");
  }
  row.push_back(std::to_string(evaluation.costs.params));
  row.push_back(std::to_string(evaluation.costs.flops));
  return row;
}

}  // namespace

std::string JsonLineScores::record(const std::string& arch, const Evaluation& evaluation) {
  nlohmann::ordered_json line{{"arch", arch}};
  line.update(to_json(evaluation));
  if (!settings_.empty()) {
    line["settings"] = settings_;
    if (schema_version_ > 1) line["schema_version"] = schema_version_;
  }
  return line.dump() + "\n";
}

std::optional<ScoreRecordKey> JsonLineScores::read(std::string_view line) const {
  nlohmann::ordered_json json;
  try {
    json = parse_json(line);
  } catch (const JsonError&) {
    return std::nullopt;
  }
  if (!json.is_object()) return std::nullopt;
  const auto arch = json.find("arch"), settings = json.find("settings");
  if (arch == json.end() || !arch->is_string()) return std::nullopt;
  if (settings == json.end() || !settings->is_string())
    return ScoreRecordKey{arch->get<std::string>(), ""};
  return ScoreRecordKey{arch->get<std::string>(), settings->get<std::string>()};
}

std::string CsvScores::begin() const {
  std::vector<std::string> names = columns(proxies_);
  if (!settings_.empty()) names.push_back("settings");
  return csv_line(names);
}

std::string CsvScores::record(const std::string& arch, const Evaluation& evaluation) {
  std::vector<std::string> row = cells(arch, evaluation, exact_text);
  if (!settings_.empty()) row.push_back(settings_);
  return csv_line(row);
}

std::optional<ScoreRecordKey> CsvScores::read(std::string_view line) const {
  // Neither the architecture, the first column, nor the settings, the last, need quotes; nor does
  // any between them.
  const std::size_t first = line.find(','), last = line.rfind(',');
  const auto header = begin();
  if (std::count(line.begin(), line.end(), ',') != std::count(header.begin(), header.end(), ','))
    return std::nullopt;
  return ScoreRecordKey{std::string(line.substr(0, first)), std::string(line.substr(last + 1))};
}

std::string TableScores::record(const std::string& arch, const Evaluation& evaluation) {
  rows_.push_back(cells(arch, evaluation, score_text));
  return {};
}

std::string TableScores::end() const { return format_table(columns(proxies_), rows_); }

}  // namespace wrcor
