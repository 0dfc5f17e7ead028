#include "record/ranking_rows.h"

#include <spdlog/fmt/fmt.h>

#include "core/schema_version.h"
#include "core/table.h"

namespace wrcor {
namespace {

/// Whether every ranking has a column for it: a score or an objective of the name needs no other.
bool has_own_column(const std::string& cost) { return cost == "params" || cost == "flops"; }

/// @param digits  all: as many as needed to read the value back
std::string shown(const std::optional<double>& value, Digits digits) {
  if (!value) return {};
  return digits == Digits::all ? fmt::format("{}", *value) : score_text(*value);
}

std::string shown(const Score& score, Digits digits) {
  return score.value || !score.log10 ? shown(score.value, digits) : power_text(*score.log10);
}

/// "2-7"
std::string ranks_text(const std::optional<RankInterval>& ranks) {
  return ranks ? fmt::format("{}-{}", ranks->best, ranks->worst) : "";
}

}  // namespace

std::vector<std::string> ranking_columns(const SearchResult& result, ScoreColumns scores) {
  std::vector<std::string> names{"rank"};
  if (result.ranking.front().ranks) names.push_back("ranks");
  if (!result.minimize.empty()) names.push_back("front");
  if (result.rule.is_vote()) names.push_back("vote");
  if (scores == ScoreColumns::shown) {
    const Evaluation first = result.ranking.front().evaluation.unpacked();
    for (const auto& [name, score] : first.scores) {
      if (!has_own_column(name)) names.push_back(name);
    }
  }
  for (const std::string& cost : result.minimize) {
    if (!has_own_column(cost)) names.push_back(cost);
  }
  names.insert(names.end(), {"params", "flops", "arch", "status"});
  return names;
}

std::vector<std::string> ranking_cells(const SearchResult& result, std::size_t index,
                                       ScoreColumns scores, Digits digits) {
  const Ranked& entry = result.ranking[index];
  const Evaluation evaluation = entry.evaluation.unpacked();
  std::vector<std::string> cells{std::to_string(index + 1)};
  if (result.ranking.front().ranks) cells.push_back(ranks_text(entry.ranks));
  if (!result.minimize.empty()) cells.push_back(entry.front ? std::to_string(*entry.front) : "");
  if (result.rule.is_vote()) cells.push_back(shown(entry.vote, digits));
  if (scores == ScoreColumns::shown) {
    for (const auto& [name, score] : evaluation.scores) {
      if (!has_own_column(name)) cells.push_back(shown(score, digits));
    }
  }
  for (std::size_t k = 0; k < result.minimize.size(); ++k) {
    if (!has_own_column(result.minimize[k])) cells.push_back(shown(entry.costs[k], digits));
  }
  cells.push_back(std::to_string(evaluation.costs.params));
  cells.push_back(std::to_string(evaluation.costs.flops));
  cells.push_back(entry.arch);
  cells.push_back(std::string(to_string(evaluation.status)) +
                  (evaluation.reason.empty() ? "" : ": " + evaluation.reason));
  return cells;
}

void write_ranking_file(const SearchResult& result, const TextSink& write) {
  std::vector<std::string> names = ranking_columns(result, ScoreColumns::shown);
  names.insert(names.end(), {"settings", "schema_version"});
  write(csv_line(names));
  for (std::size_t i = 0; i < result.ranking.size(); ++i) {
    std::vector<std::string> cells = ranking_cells(result, i, ScoreColumns::shown, Digits::all);
    cells.insert(cells.end(), {result.settings, std::to_string(schema_version::ranking_table)});
    write(csv_line(cells));
  }
}

}  // namespace wrcor
