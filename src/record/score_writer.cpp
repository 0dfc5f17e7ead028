#include "record/score_writer.h"

#include <spdlog/fmt/fmt.h>

#include "core/csv.h"
#include "core/json.h"
#include "core/seal.h"
#include "core/table.h"
#include "record/score_seal.h"
#include "score/evaluation_schema.h"
#include "wrcor/core/error.h"

namespace wrcor {
namespace {

std::vector<std::string> columns(const std::vector<std::string>& proxies) {
  std::vector<std::string> names{"arch", "status", "reason"};
  names.insert(names.end(), proxies.begin(), proxies.end());
  names.insert(names.end(), {"params", "flops"});
  return names;
}

/// As many digits as needed to read the value back.
std::string exact_text(double value) { return fmt::format("{}", value); }

std::vector<std::string> cells(const std::string& arch, const Evaluation& evaluation,
                               std::string (*number_text)(double)) {
  std::vector<std::string> row{arch, std::string(to_string(evaluation.status)), evaluation.reason};
  for (const auto& [name, score] : evaluation.scores) {
    const std::string logarithm = score.log10 ? power_text(*score.log10) : "";
    row.push_back(score.value ? number_text(*score.value) : logarithm);
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
    line["schema_version"] = schema_version::score;
    line = sealed(std::move(line));
  }
  return line.dump() + "\n";
}

std::optional<ScoreRecordKey> JsonLineScores::read(std::string_view line,
                                                   const std::string& place) const {
  nlohmann::ordered_json json;
  try {
    json = parse_json(line);
  } catch (const JsonError&) {
    return std::nullopt;
  }
  if (!json.is_object()) return std::nullopt;
  require_as_written(json, place);
  const auto arch = json.find("arch"), scores = json.find("scores");
  if (arch == json.end() || !arch->is_string() || scores == json.end() || !scores->is_object())
    return std::nullopt;
  ScoreRecordKey key{arch->get<std::string>(), text_at(json, "settings"), {}};
  for (const auto& score : scores->items()) key.proxies.push_back(score.key());
  key.failed = text_at(json, "status") == to_string(Status::failed);
  return key;
}

std::string CsvScores::begin() const {
  std::vector<std::string> names = columns(proxies_);
  if (!settings_.empty()) names.insert(names.end(), {"settings", check_column});
  return csv_line(names);
}

std::string CsvScores::record(const std::string& arch, const Evaluation& evaluation) {
  std::vector<std::string> row = cells(arch, evaluation, exact_text);
  if (settings_.empty()) return csv_line(row);
  row.push_back(settings_);
  return sealed_csv_line(row);
}

std::optional<ScoreRecordKey> CsvScores::read(std::string_view line,
                                              const std::string& place) const {
  std::vector<std::string> fields;
  try {
    CsvReader csv(begin() + std::string(line), place);
    if (!csv.next()) return std::nullopt;
    fields = csv.fields();
  } catch (const DataError&) {
    return std::nullopt;
  }
  if (!settings_.empty()) require_as_written(fields, place);
  const std::size_t settings = columns(proxies_).size();
  return ScoreRecordKey{fields[0], settings_.empty() ? "" : fields[settings], proxies_,
                        fields[1] == to_string(Status::failed)};
}

std::string TableScores::record(const std::string& arch, const Evaluation& evaluation) {
  rows_.push_back(cells(arch, evaluation, score_text));
  return {};
}

std::string TableScores::end() const { return format_table(columns(proxies_), rows_); }

nlohmann::ordered_json score_schema() {
  using namespace json_schema_parts;
  Schema line = evaluation_object(
      joined(joined({{"arch", text()}}, evaluation_members()),
             {{"settings", hexadecimal(12), /*required=*/false},
              {"schema_version", constant(schema_version::score), /*required=*/false},
              {"check", hexadecimal(16), /*required=*/false}}));
  line["dependencies"] = {{"settings", Schema::array({"schema_version"})},
                          {"schema_version", Schema::array({"check"})},
                          {"check", Schema::array({"settings"})}};
  return document("score", schema_version::score,
                  "Line of wrcor score: in a file with settings, schema_version and check", line);
}

}  // namespace wrcor
