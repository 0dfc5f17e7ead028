#include "wrcor/report/ranking_report.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>

#include "wrcor/report/table.h"

namespace wrcor {
namespace {

std::vector<std::string> header(const SearchResult& result) {
  std::vector<std::string> names{"rank"};
  if (result.rule.is_vote()) names.push_back("vote");
  for (const auto& entry : result.ranking.front().evaluation.scores) names.push_back(entry.first);
  names.insert(names.end(), {"params", "flops", "arch", "status"});
  return names;
}

/// @param digits  after the point; negative: as many as it takes to read the value back exactly
std::string number(const std::optional<double>& value, int digits) {
  if (!value) return {};
  return digits < 0 ? fmt::format("{}", *value) : fmt::format("{:.{}f}", *value, digits);
}

/// @param index  of the row, from 0
/// @param digits  as for number()
std::vector<std::string> row(const SearchResult& result, std::size_t index, int digits) {
  const Ranked& entry = result.ranking[index];
  std::vector<std::string> cells{std::to_string(index + 1)};
  if (result.rule.is_vote()) cells.push_back(number(entry.vote, digits));
  for (const auto& [name, score] : entry.evaluation.scores) {
    cells.push_back(number(score.value, digits));
  }
  const Evaluation& evaluation = entry.evaluation;
  cells.push_back(std::to_string(evaluation.costs.params));
  cells.push_back(std::to_string(evaluation.costs.flops));
  cells.push_back(entry.arch);
  cells.push_back(std::string(to_string(evaluation.status)) +
                  (evaluation.reason.empty() ? "" : ": " + evaluation.reason));
  return cells;
}

std::size_t shown(const SearchResult& result, std::size_t rows) {
  return std::min(rows, result.ranking.size());
}

}  // namespace

std::string ranking_table(const SearchResult& result, std::size_t rows) {
  std::vector<std::vector<std::string>> cells;
  for (std::size_t i = 0; i < shown(result, rows); ++i) cells.push_back(row(result, i, 4));
  std::vector<std::string> names = header(result);
  // A column that only says ok says nothing.
  const bool all_ok =
      std::all_of(cells.begin(), cells.end(), [](const auto& line) { return line.back() == "ok"; });
  if (all_ok) {
    names.pop_back();
    for (auto& line : cells) line.pop_back();
  }
  return format_table(names, cells);
}

std::string ranking_csv(const SearchResult& result, std::size_t rows) {
  std::string text = csv_line(header(result));
  for (std::size_t i = 0; i < shown(result, rows); ++i) text += csv_line(row(result, i, -1));
  return text;
}

std::string ranking_json(const SearchResult& result, std::size_t rows) {
  nlohmann::ordered_json array = ranking_rows(result);
  array.erase(array.begin() + static_cast<std::ptrdiff_t>(shown(result, rows)), array.end());
  return array.dump(2) + "\n";
}

std::string summary_line(const SearchResult& result) {
  const SearchCounts& counts = result.counts;
  std::string text = fmt::format("{} proposals, {} architectures: {} ok", counts.asked,
                                 counts.distinct, counts.ok);
  const auto add = [&text](std::int64_t count, const char* what) {
    if (count > 0) text += fmt::format(", {} {}", count, what);
  };
  add(counts.degenerate, "degenerate");
  add(counts.failed, "failed");
  add(counts.infeasible, "draws infeasible");
  text += fmt::format("; {:.1f} s", result.timing.seconds);
  if (result.timing.evaluated > 0) {
    text +=
        fmt::format(", {:.3f} s an architecture",
                    result.timing.sitting_seconds / static_cast<double>(result.timing.evaluated));
  }
  return text;
}

}  // namespace wrcor
