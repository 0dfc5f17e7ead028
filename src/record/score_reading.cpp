#include "record/score_reading.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "core/csv.h"
#include "core/file.h"
#include "core/first_line.h"
#include "core/json.h"
#include "core/text_file.h"
#include "record/result_document.h"
#include "record/run_directory.h"
#include "record/score_seal.h"
#include "wrcor/core/error.h"
#include "wrcor/core/registry.h"
#include "wrcor/score/evaluation.h"

namespace wrcor {
namespace {

using Json = nlohmann::ordered_json;
using Record = ScoreTable::Record;

constexpr std::uint64_t largest_file = 256 << 20;

constexpr const char* expected_file =
    ": expected scores that 'wrcor score --out' wrote, or the result.json of a search, found ";

/// JSON lines begin with a record of their own, a result.json with the first line of a document.
bool holds_json_lines(std::string_view text) {
  try {
    const Json first = parse_json(first_line(text));
    return first.is_object() && !first.contains("ranking");
  } catch (const JsonError&) {
    return false;
  }
}

std::optional<double> log10_of(const Json& record, const std::string& name) {
  const auto logarithms = record.find("log10");
  if (logarithms == record.end() || !logarithms->is_object()) return std::nullopt;
  const auto found = logarithms->find(name);
  if (found == logarithms->end() || !found->is_number()) return std::nullopt;
  return found->get<double>();
}

/// The logarithm of a positive number that no double holds, as power_text() writes it.
std::optional<double> log10_of_power(const std::string& text) {
  const std::size_t letter = text.find('e');
  if (letter == text.npos) return std::nullopt;
  double mantissa = 0;
  int exponent = 0;
  const char *middle = text.data() + letter, *end = text.data() + text.size();
  const auto before = std::from_chars(text.data(), middle, mantissa);
  const auto after = std::from_chars(middle + 1, end, exponent);
  const bool whole = before.ec == std::errc() && before.ptr == middle && after.ec == std::errc() &&
                     after.ptr == end;
  if (!whole || mantissa < 1 || std::abs(exponent) < std::numeric_limits<double>::max_exponent10)
    return std::nullopt;
  return exponent + std::log10(mantissa);
}

/// A record is {"arch": text, "scores": {name: number or null}, ...}.
bool is_record(const Json& json) {
  if (!json.is_object() || text_at(json, "arch").empty()) return false;
  const auto scores = json.find("scores");
  return scores != json.end() && scores->is_object() &&
         std::all_of(scores->begin(), scores->end(),
                     [](const Json& score) { return score.is_null() || score.is_number(); });
}

/// Reads one file.
class ScoreReader {
 public:
  /// @param with_rule  whether a result must state the rule that ordered it
  explicit ScoreReader(std::string file, bool with_rule = false)
      : read_{std::move(file), {}}, with_rule_(with_rule) {}

  ScoreRecords read(std::string_view text) && {
    if (text.starts_with("arch,")) {
      read_csv(text);
    } else if (holds_json_lines(text)) {
      read_json_lines(text);
    } else {
      read_result(text);
    }
    return std::move(read_);
  }

 private:
  std::string place(std::size_t line) const {
    return line == 0 ? file() : file() + ":" + std::to_string(line);
  }

  [[noreturn]] void fail(std::size_t line, const std::string& found) const {
    throw DataError(place(line) +
                    ": expected {\"arch\": ..., \"scores\": {name: number or null}, ...}, found " +
                    found);
  }

  void warn_of_incomplete(const std::string& place) const {
    spdlog::warn("{}: the last line is incomplete and is left out", place);
  }

  void read_json_lines(std::string_view text) {
    std::size_t number = 0;
    for (std::size_t start = 0, end; start < text.size(); start = end + 1) {
      ++number;
      end = std::min(text.find('\n', start), text.size());
      const std::string_view line = text.substr(start, end - start);
      if (line.find_first_not_of(" \t\r") == line.npos) continue;
      try {
        const Json record = parse_json(line);
        if (record.is_object()) require_as_written(record, place(number));
        add(record, number, text_at(record, "settings"));
      } catch (const JsonError& failure) {
        if (end < text.size()) fail(number, failure.what());
        warn_of_incomplete(place(number));
      }
    }
  }

  void read_result(std::string_view text) {
    ResultDocument document = result_document(text);
    document.require_known_version();
    document.require_sealed();
    if (document.rows().empty()) throw DataError(file() + ": the ranking has no rows");
    for (const Json& row : document.rows()) add(row, 0, document.settings());
    if (with_rule_) read_.rule = rule_of(document);
  }

  std::string rule_of(const ResultDocument& document) const {
    try {
      return document.rule().text();
    } catch (const Json::exception&) {
      throw DataError(file() + ": the ranking has no rule");
    } catch (const UsageError& error) {
      throw DataError(file() + ": " + error.what());
    }
  }

  ResultDocument result_document(std::string_view text) const {
    try {
      return ResultDocument(parse_json(text), file());
    } catch (const JsonError& failure) {
      throw DataError(file() + expected_file + failure.what());
    } catch (const Json::exception&) {
      throw DataError(file() + expected_file + "something else");
    }
  }

  void add(const Json& json, std::size_t line, const std::string& settings) {
    if (!is_record(json)) fail(line, in_quotes(json.dump()));
    Record record{text_at(json, "arch"), line, settings,
                  text_at(json, "status") == to_string(Status::failed)};
    for (const auto& [name, score] : json.at("scores").items()) {
      const auto value = score.is_null() ? std::nullopt : std::optional(score.get<double>());
      record.scores.push_back({name, {value, log10_of(json, name)}});
    }
    read_.records.push_back(std::move(record));
  }

  /// The columns arch, status, reason, one a score, params, flops, and settings and a check if
  /// there are any. A score may be called params, too: what counts is the place of a column.
  void read_csv(std::string_view text) {
    CsvReader csv(std::string(text.substr(0, end_of_csv(text))), file());
    const std::vector<std::string>& header = csv.header();
    const bool has_check = header.back() == check_column;
    const std::size_t size = header.size() - (has_check ? 1 : 0);
    const bool has_settings = size > 0 && header[size - 1] == "settings";
    const std::size_t first = 3, after = size - (has_settings ? 3 : 2);
    if (size < 5 || header[1] != "status" || header[2] != "reason" || first > after ||
        header[after] != "params" || header[after + 1] != "flops") {
      throw DataError(file() +
                      ":1: expected the columns arch, status, reason, the scores, params, flops, "
                      "as 'wrcor score --format csv' writes them");
    }
    while (csv.next()) {
      if (has_check) require_as_written(csv.fields(), place(csv.line()));
      Record record{csv.field(0), csv.line(), has_settings ? csv.field(size - 1) : "",
                    csv.field(1) == to_string(Status::failed)};
      for (std::size_t column = first; column < after && !record.failed; ++column) {
        const std::optional<double> log10 = log10_of_power(csv.field(column));
        record.scores.push_back(
            {header[column], {log10 ? std::nullopt : csv.number(column), log10}});
      }
      read_.records.push_back(std::move(record));
    }
  }

  /// Where the last complete line ends.
  std::size_t end_of_csv(std::string_view text) const {
    const std::size_t end = text.find_last_of('\n') + 1;
    if (end == text.size()) return end;
    const auto columns = [](std::string_view line) {
      return std::count(line.begin(), line.end(), ',');
    };
    // Some programs end no file with a line feed.
    if (columns(text.substr(end)) == columns(first_line(text))) return text.size();
    warn_of_incomplete(file());
    return end;
  }

  const std::string& file() const { return read_.file; }

  ScoreRecords read_;
  bool with_rule_;
};

std::filesystem::path file_with_scores(const std::filesystem::path& path) {
  std::error_code unknown;  // reading it reports why
  if (!std::filesystem::is_directory(path, unknown)) return path;
  const std::filesystem::path file = RunDirectory{path}.result();
  if (!file_exists(file)) {
    throw DataError("'" + path.string() +
                    "' holds no result.json: is it the folder of a finished search?");
  }
  return file;
}

}  // namespace

ScoreRecords read_score_records(const std::filesystem::path& path) {
  const std::filesystem::path file = file_with_scores(path);
  return ScoreReader(file.string(), /*with_rule=*/true).read(read_text_file(file, largest_file));
}

void read_scores(const std::filesystem::path& path, ScoreTable& table) {
  const std::filesystem::path file = file_with_scores(path);
  read_scores(read_text_file(file, largest_file), file.string(), table);
}

void read_scores(std::string_view text, const std::string& name, ScoreTable& table) {
  table.begin_file(name);
  for (const Record& record : ScoreReader(name).read(text).records) table.add(record);
}

}  // namespace wrcor
