#include "record/score_differences.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numbers>
#include <set>

#include "wrcor/core/error.h"
#include "wrcor/core/registry.h"

namespace wrcor {
namespace {

using Record = ScoreTable::Record;
using Figure = Record::Figure;

/// A record and its place among those of its file.
struct Place {
  const Record* record = nullptr;
  std::size_t rank = 0;
};

std::map<std::string, Place> by_architecture(const ScoreRecords& file) {
  std::map<std::string, Place> places;
  std::size_t rank = 0;
  for (const Record& record : file.records) {
    ++rank;
    if (record.failed) continue;
    if (!places.emplace(record.arch, Place{&record, rank}).second)
      throw DataError(file.file + ": has " + record.arch + " twice");
  }
  return places;
}

std::set<std::string> settings_of(const ScoreRecords& file) {
  std::set<std::string> settings;
  for (const Record& record : file.records) settings.insert(record.settings);
  return settings;
}

std::set<std::string> names_of(const ScoreRecords& file) {
  std::set<std::string> names;
  for (const Record& record : file.records) {
    for (const auto& [name, figure] : record.scores) names.insert(name);
  }
  return names;
}

std::string listed(const std::set<std::string>& items) {
  return items.empty() ? "none" : join({items.begin(), items.end()});
}

/// The relative difference of two scores of one architecture.
double relative_difference(const Figure& a, const Figure& b) {
  constexpr double infinite = std::numeric_limits<double>::infinity();
  if (a.value && b.value) {
    if (*a.value == *b.value) return 0;
    return std::abs(*a.value - *b.value) / std::max(std::abs(*a.value), std::abs(*b.value));
  }
  if (a.value.has_value() != b.value.has_value() || a.log10.has_value() != b.log10.has_value())
    return infinite;
  if (!a.log10) return 0;  // undefined in both
  return -std::expm1(-std::abs(*a.log10 - *b.log10) * std::numbers::ln10);
}

}  // namespace

std::string obstacle_to_comparison(const ScoreRecords& first, const ScoreRecords& second) {
  const std::set<std::string> settings = settings_of(first), others = settings_of(second);
  for (const auto& [file, found] : {std::pair(&first, &settings), std::pair(&second, &others)}) {
    if (found->contains("")) return file->file + " does not state the settings of its scores";
    if (found->size() > 1) return file->file + " has scores of several settings: " + listed(*found);
  }
  if (settings != others)
    return "their scores were made with other settings: " + listed(settings) + " and " +
           listed(others);
  if (const auto a = names_of(first), b = names_of(second); a != b)
    return "they have other scores: " + listed(a) + " and " + listed(b);
  if (!first.rule.empty() && !second.rule.empty() && first.rule != second.rule)
    return "they are ordered by other rules: " + first.rule + " and " + second.rule;
  return {};
}

ScoreDifferences score_differences(const ScoreRecords& first, const ScoreRecords& second,
                                   double tolerance) {
  ScoreDifferences found;
  found.ranked = !first.rule.empty() && first.rule == second.rule;
  const auto places = by_architecture(first), others = by_architecture(second);
  for (const auto& [arch, place] : others) {
    if (!places.contains(arch)) found.only_second.push_back(arch);
  }
  for (const auto& [arch, place] : places) {
    const auto other = others.find(arch);
    if (other == others.end()) {
      found.only_first.push_back(arch);
      continue;
    }
    if (found.ranked && place.rank != other->second.rank)
      found.moved.push_back({arch, place.rank, other->second.rank});
    for (const auto& [name, figure] : place.record->scores) {
      const auto& scores = other->second.record->scores;
      const auto same = std::ranges::find(scores, name, &std::pair<std::string, Figure>::first);
      if (same == scores.end()) continue;
      ++found.compared;
      const double relative = relative_difference(figure, same->second);
      found.largest_relative = std::max(found.largest_relative, relative);
      if (relative > tolerance)
        found.scores.push_back({arch, name, figure, same->second, relative});
    }
  }
  std::ranges::sort(found.moved, {}, &ScoreDifferences::MovedRank::first);
  return found;
}

}  // namespace wrcor
