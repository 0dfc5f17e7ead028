#include "report/ranking_report.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <sstream>

#include "core/schema_version.h"
#include "core/table.h"

namespace wrcor {
namespace {

enum class Scores { shown, left_out };

bool has_own_column(const std::string& cost) { return cost == "params" || cost == "flops"; }

std::vector<std::string> header(const SearchResult& result, Scores scores) {
  std::vector<std::string> names{"rank"};
  if (result.ranking.front().ranks) names.push_back("ranks");
  if (!result.minimize.empty()) names.push_back("front");
  if (result.rule.is_vote()) names.push_back("vote");
  if (scores == Scores::shown) {
    const Evaluation first = result.ranking.front().evaluation.unpacked();
    for (const auto& entry : first.scores) names.push_back(entry.first);
  }
  for (const std::string& cost : result.minimize) {
    if (!has_own_column(cost)) names.push_back(cost);
  }
  names.insert(names.end(), {"params", "flops", "arch", "status"});
  return names;
}

enum class Digits { few, all };

/// @param digits  all: as many as needed to read the value back
std::string number(const std::optional<double>& value, Digits digits) {
  if (!value) return {};
  return digits == Digits::all ? fmt::format("{}", *value) : score_text(*value);
}

std::string number(const Score& score, Digits digits) {
  return score.value || !score.log10 ? number(score.value, digits) : power_text(*score.log10);
}

/// "2-7"
std::string ranks_text(const std::optional<RankInterval>& ranks) {
  return ranks ? fmt::format("{}-{}", ranks->best, ranks->worst) : "";
}

/// @param index  of the row, from 0
std::vector<std::string> row(const SearchResult& result, std::size_t index, Scores scores,
                             Digits digits) {
  const Ranked& entry = result.ranking[index];
  const Evaluation evaluation = entry.evaluation.unpacked();
  std::vector<std::string> cells{std::to_string(index + 1)};
  if (result.ranking.front().ranks) cells.push_back(ranks_text(entry.ranks));
  if (!result.minimize.empty()) cells.push_back(entry.front ? std::to_string(*entry.front) : "");
  if (result.rule.is_vote()) cells.push_back(number(entry.vote, digits));
  if (scores == Scores::shown) {
    for (const auto& named : evaluation.scores) cells.push_back(number(named.second, digits));
  }
  for (std::size_t k = 0; k < result.minimize.size(); ++k) {
    if (!has_own_column(result.minimize[k])) cells.push_back(number(entry.costs[k], digits));
  }
  cells.push_back(std::to_string(evaluation.costs.params));
  cells.push_back(std::to_string(evaluation.costs.flops));
  cells.push_back(entry.arch);
  cells.push_back(std::string(to_string(evaluation.status)) +
                  (evaluation.reason.empty() ? "" : ": " + evaluation.reason));
  return cells;
}

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
  const Scores scores = result.rule.is_vote() && many ? Scores::left_out : Scores::shown;
  std::vector<std::vector<std::string>> cells;
  for (std::size_t i = 0; i < shown(result, rows); ++i)
    cells.push_back(row(result, i, scores, Digits::few));
  std::vector<std::string> names = header(result, scores);
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
  std::string text = csv_line(header(result, Scores::shown));
  for (std::size_t i = 0; i < shown(result, rows); ++i)
    text += csv_line(row(result, i, Scores::shown, Digits::all));
  return text;
}

void write_ranking_file(const SearchResult& result, const TextSink& write) {
  std::vector<std::string> names = header(result, Scores::shown);
  names.insert(names.end(), {"settings", "schema_version"});
  write(csv_line(names));
  for (std::size_t i = 0; i < result.ranking.size(); ++i) {
    std::vector<std::string> cells = row(result, i, Scores::shown, Digits::all);
    cells.insert(cells.end(), {result.settings, std::to_string(schema_version::ranking_table)});
    write(csv_line(cells));
  }
}

std::string ranking_json(const SearchResult& result, std::size_t rows) {
  auto array = nlohmann::ordered_json::array();
  for (std::size_t i = 0; i < shown(result, rows); ++i) array.push_back(ranking_row(result, i));
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
  add(counts.not_applicable, "not_applicable");
  add(counts.failed, "failed");
  add(counts.infeasible, "draws infeasible");
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
