#include "wrcor/score/score_table.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "wrcor/core/csv.h"
#include "wrcor/core/error.h"
#include "wrcor/core/file.h"
#include "wrcor/core/json.h"
#include "wrcor/core/schema_version.h"
#include "wrcor/core/seal.h"
#include "wrcor/core/suggest.h"
#include "wrcor/core/text_file.h"
#include "wrcor/score/score.h"
#include "wrcor/score/score_seal.h"

namespace wrcor {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::uint64_t largest_file = 256 << 20;

std::string_view first_line(std::string_view text) { return text.substr(0, text.find('\n')); }

std::string text_at(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

constexpr const char* expected_file =
    ": expected scores that 'wrcor score --out' wrote, or the result.json of a search, found ";

/// The first line of JSON lines is a complete record, that of a result.json is not.
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

/// The logarithm of a positive number outside the range of double, as power_text() writes it.
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

}  // namespace

void ScoreTable::add_file(const std::filesystem::path& path) {
  std::error_code unknown;  // reading it reports why
  const bool folder = std::filesystem::is_directory(path, unknown);
  const std::filesystem::path file = folder ? path / "result.json" : path;
  if (folder && !file_exists(file)) {
    throw DataError("'" + path.string() +
                    "' holds no result.json: is it the folder of a finished search?");
  }
  add_text(read_text_file(file, largest_file), file.string());
}

void ScoreTable::add_text(std::string_view text, const std::string& name) {
  files_.push_back(name);
  if (text.starts_with("arch,")) {
    add_csv(text);
  } else if (holds_json_lines(text)) {
    add_json_lines(text);
  } else {
    add_result(text);
  }
}

void ScoreTable::add_json_lines(std::string_view text) {
  std::size_t number = 0;
  for (std::size_t start = 0, end; start < text.size(); start = end + 1) {
    ++number;
    end = std::min(text.find('\n', start), text.size());
    const std::string_view line = text.substr(start, end - start);
    if (line.find_first_not_of(" \t\r") == line.npos) continue;
    try {
      const Json record = parse_json(line);
      if (record.is_object()) require_as_written(record, here(number));
      add_record(record, number, text_at(record, "settings"));
    } catch (const JsonError& failure) {
      if (end < text.size()) fail_to_read(number, failure.what());
      spdlog::warn("{}: the last line is incomplete and is left out", here(number));
    }
  }
}

void ScoreTable::add_result(std::string_view text) {
  Json document;
  try {
    document = parse_json(text);
  } catch (const JsonError& failure) {
    throw DataError(files_.back() + expected_file + failure.what());
  }
  const auto ranking = document.is_object() ? document.find("ranking") : document.end();
  if (ranking == document.end() || !ranking->is_array()) {
    throw DataError(files_.back() + expected_file + "something else");
  }
  read_schema_version(document, schema_version::result, files_.back());
  require_sealed_result(document, files_.back());
  const Json& rows = document.at("ranking");
  if (rows.empty()) throw DataError(files_.back() + ": the ranking has no rows");
  for (const Json& row : rows) add_record(row, 0, text_at(document, "settings"));
}

void ScoreTable::fail_to_read(std::size_t line, const std::string& found) const {
  throw DataError(here(line) +
                  ": expected {\"arch\": ..., \"scores\": {name: number or null}, ...}, found " +
                  found);
}

void ScoreTable::add_record(const Json& record, std::size_t line, const std::string& settings) {
  if (!is_record(record)) fail_to_read(line, in_quotes(record.dump()));
  const std::string arch = formatted(text_at(record, "arch"), line);
  if (text_at(record, "status") == to_string(Status::failed)) {
    ++failed_;
    return;
  }
  for (const auto& [name, score] : record.at("scores").items()) {
    const auto value = score.is_null() ? std::nullopt : std::optional(score.get<double>());
    add_score(arch, name, {value, files_.size() - 1, line, log10_of(record, name)}, settings);
  }
}

/// The columns arch, status, reason, one per score, params, flops, and settings and a check if
/// present. A score may also be called params, so columns are identified by position.
void ScoreTable::add_csv(std::string_view text) {
  std::size_t end = text.find_last_of('\n') + 1;
  if (end < text.size()) {
    const auto columns = [](std::string_view line) {
      return std::count(line.begin(), line.end(), ',');
    };
    if (columns(text.substr(end)) == columns(first_line(text))) {
      end = text.size();  // written by a program that omits the last line feed
    } else {
      spdlog::warn("{}: the last line is incomplete and is left out", files_.back());
    }
  }
  CsvReader csv(std::string(text.substr(0, end)), files_.back());
  const std::vector<std::string>& header = csv.header();
  const bool has_check = header.back() == check_column;
  const std::size_t size = header.size() - (has_check ? 1 : 0);
  const bool has_settings = size > 0 && header[size - 1] == "settings";
  const std::size_t first = 3, after = size - (has_settings ? 3 : 2);
  if (size < 5 || header[1] != "status" || header[2] != "reason" || first > after ||
      header[after] != "params" || header[after + 1] != "flops") {
    throw DataError(files_.back() +
                    ":1: expected the columns arch, status, reason, the scores, params, flops, as "
                    "'wrcor score --format csv' writes them");
  }
  while (csv.next()) {
    if (has_check) require_as_written(csv.fields(), here(csv.line()));
    const std::string arch = formatted(csv.field(0), csv.line());
    if (csv.field(1) == to_string(Status::failed)) {
      ++failed_;
      continue;
    }
    for (std::size_t column = first; column < after; ++column) {
      const std::optional<double> log10 = log10_of_power(csv.field(column));
      const std::optional<double> value = log10 ? std::nullopt : csv.number(column);
      add_score(arch, header[column], {value, files_.size() - 1, csv.line(), log10},
                has_settings ? csv.field(size - 1) : "");
    }
  }
}

void ScoreTable::add_score(const std::string& arch, const std::string& name, const Entry& entry,
                           const std::string& settings) {
  if (!settings_.contains(name)) names_.push_back(name);
  auto& known_settings = settings_[name];
  if (!settings.empty()) known_settings.insert(settings);
  Sources& sources = sources_[name];
  sources.files.insert(files_[entry.file]);
  if (settings.empty()) sources.without_settings.insert(files_[entry.file]);
  if (!entry.value && entry.log10) beyond_double_.insert(name);
  const auto [known, added] = rows_[arch].emplace(name, entry);
  if (added || known->second.value == entry.value) return;
  throw DataError(place(known->second) + " and " + place(entry) + ": two different scores '" +
                  name + "' of " + arch + "; evaluate one of the files at a time");
}

std::string ScoreTable::formatted(const std::string& arch, std::size_t line) const {
  try {
    return space_.format(space_.parse(arch));
  } catch (const UsageError& error) {
    throw DataError(here(line) + ": " + error.what());
  }
}

std::string ScoreTable::place(const Entry& entry) const {
  const std::string& file = files_[entry.file];
  return entry.line == 0 ? file : file + ":" + std::to_string(entry.line);
}

std::vector<std::string> ScoreTable::archs() const {
  std::vector<std::string> result;
  for (const auto& [arch, scores] : rows_) result.push_back(arch);
  return result;
}

const ScoreTable::Entry* ScoreTable::find(const std::string& arch, const std::string& name) const {
  const auto row = rows_.find(arch);
  if (row == rows_.end()) return nullptr;
  const auto entry = row->second.find(name);
  return entry == row->second.end() ? nullptr : &entry->second;
}

std::optional<double> ScoreTable::order(const std::string& arch, const std::string& name) const {
  const Entry* entry = find(arch, name);
  if (entry == nullptr) return std::nullopt;
  if (!beyond_double_.contains(name)) return entry->value;
  if (entry->log10 || !entry->value) return entry->log10;
  return *entry->value > 0 ? std::optional(std::log10(*entry->value)) : std::nullopt;
}

const std::set<std::string>& ScoreTable::settings(const std::string& name) const {
  return settings_.at(name);
}

}  // namespace wrcor
