#include "report/ranking_report.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <sstream>

#include "core/counted.h"
#include "core/table.h"
#include "record/ranking_rows.h"

namespace wrcor {
namespace {

bool fits(const std::string& table, const TablePlace& place) {
  std::istringstream lines(table);
  std::size_t widest = 0;
  for (std::string line; std::getline(lines, line);) widest = std::max(widest, text_width(line));
  return !place.columns || widest <= static_cast<std::size_t>(*place.columns);
}

std::size_t shown(const SearchResult& result, std::size_t rows) {
  return std::min(rows, result.ranking.size());
}

}  // namespace

std::string ranking_table(const SearchResult& result, std::size_t rows, const TablePlace& place) {
  // A line has no room for the scores of many members; the files have them all.
  constexpr std::size_t most = 4;
  const bool many = result.ranking.front().evaluation.unpacked().scores.size() > most;
  const ScoreColumns scores =
      result.rule.is_vote() && many ? ScoreColumns::left_out : ScoreColumns::shown;
  std::vector<std::vector<std::string>> cells;
  for (std::size_t i = 0; i < shown(result, rows); ++i)
    cells.push_back(ranking_cells(result, i, scores, Digits::few));
  std::vector<std::string> names = ranking_columns(result, scores);
  // A column in which every row is ok is omitted.
  const bool all_ok =
      std::all_of(cells.begin(), cells.end(), [](const auto& line) { return line.back() == "ok"; });
  if (all_ok) {
    names.pop_back();
    for (auto& line : cells) line.pop_back();
  }
  std::string table = format_table(names, cells);
  if (fits(table, place) || !place.id) return table;
  const auto arch =
      static_cast<std::size_t>(std::find(names.begin(), names.end(), "arch") - names.begin());
  names[arch] = "id";
  for (auto& line : cells) line[arch] = place.id(line[arch]);
  return format_table(names, cells);
}

std::string ranking_csv(const SearchResult& result, std::size_t rows) {
  std::string text = csv_line(ranking_columns(result, ScoreColumns::shown));
  for (std::size_t i = 0; i < shown(result, rows); ++i)
    text += csv_line(ranking_cells(result, i, ScoreColumns::shown, Digits::all));
  return text;
}

std::string ranking_json(const SearchResult& result, std::size_t rows) {
  auto array = nlohmann::ordered_json::array();
  for (std::size_t i = 0; i < shown(result, rows); ++i) array.push_back(ranking_row(result, i));
  return array.dump(2) + "\n";
}

std::string summary_line(const SearchResult& result) {
  const SearchCounts& counts = result.counts;
  std::string text = fmt::format("{}, {}: {} ok", counted(counts.asked, "proposal"),
                                 counted(counts.distinct, "architecture"), counts.ok);
  const auto add = [&text](std::int64_t count, const char* what) {
    if (count > 0) text += fmt::format(", {} {}", count, what);
  };
  add(counts.degenerate, "degenerate");
  add(counts.not_applicable, "not_applicable");
  add(counts.failed, "failed");
  if (counts.infeasible > 0) text += ", " + counted(counts.infeasible, "draw") + " infeasible";
  if (const auto volume = front_hypervolume(result.ranking, result.rule)) {
    const auto front = std::ranges::count(result.ranking, std::optional<std::size_t>(1),
                                          [](const Ranked& entry) { return entry.front; });
    text += fmt::format("; front of {}, hypervolume {:.4f}", front, *volume);
  }
  text += fmt::format("; {:.1f} s", result.timing.seconds);
  if (result.timing.evaluated > 0) {
    text +=
        fmt::format(", {:.3f} s per architecture",
                    result.timing.session_seconds / static_cast<double>(result.timing.evaluated));
    if (result.timing.worker_memory > 0) {
      text +=
          fmt::format(", {} MiB of tensors per worker", (result.timing.worker_memory >> 20) + 1);
    }
  }
  return text;
}

}  // namespace wrcor
