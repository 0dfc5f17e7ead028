#include "score/score_table.h"

#include <cmath>

#include "wrcor/core/error.h"

namespace wrcor {
namespace {

/// Whether two files agree on a score. CSV has seven digits of a score that has only a logarithm.
bool agree(const ScoreTable::Entry& a, const ScoreTable::Entry& b) {
  constexpr double rounding = 1e-6;
  if (a.value || b.value || !a.log10 || !b.log10) return a.value == b.value;
  return std::abs(*a.log10 - *b.log10) <= rounding;
}

}  // namespace

void ScoreTable::add(const Record& record) {
  const std::string arch = formatted(record.arch, record.line);
  if (record.failed) {
    ++failed_;
    return;
  }
  for (const auto& [name, figure] : record.scores) {
    add_score(arch, name, {figure.value, files_.size() - 1, record.line, figure.log10},
              record.settings);
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
  if (added || agree(known->second, entry)) return;
  throw DataError(place(known->second) + " and " + place(entry) + ": two different scores '" +
                  name + "' of " + arch + "; evaluate one of the files at a time");
}

std::string ScoreTable::formatted(const std::string& arch, std::size_t line) const {
  try {
    return space_.format(space_.parse(arch));
  } catch (const UsageError& error) {
    throw DataError(place({{}, files_.size() - 1, line}) + ": " + error.what());
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
