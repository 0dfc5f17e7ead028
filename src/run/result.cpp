#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <stdexcept>

#include "run_folder.h"
#include "wrcor/config/config_loader.h"
#include "wrcor/config/proxy_choice.h"
#include "wrcor/config/seeds.h"
#include "wrcor/core/processor.h"
#include "wrcor/core/schema_version.h"
#include "wrcor/core/seal.h"
#include "wrcor/core/version.h"
#include "wrcor/eval/device.h"
#include "wrcor/eval/scoring_revision.h"
#include "wrcor/run/search_run.h"

namespace wrcor {
namespace {

/// As text, because not every reader of JSON supports integers of 64 bits.
std::string hex(std::uint64_t seed) { return fmt::format("{:016x}", seed); }

/// Without the rows and the check of the document.
nlohmann::ordered_json document_of(const SearchResult& result, const Config& config) {
  const auto [data, weights, search, training] = seeds(config);
  const SearchCounts& counts = result.counts;
  const SearchTiming& timing = result.timing;
  return {{"schema_version", schema_version::result},
          {"tool", {{"name", "wrcor"}, {"version", version}}},
          {"scoring_revision", scoring_revision},
          {"libtorch", libtorch_version()},
          {"device", result.device_kind},
          {"config", result_config(config)},
          {"seeds", {{"data", hex(data)}, {"weights", hex(weights)}, {"search", hex(search)}}},
          {"batch", result.batch},
          {"settings", result.settings},
          {"proxies", effective_proxies(config)},
          {"rank_by", result.rule.text()},
          {"ranking", nlohmann::ordered_json::array()},
          {"ended_by", to_string(result.ended_by)},
          {"counts",
           {{"asked", counts.asked},
            {"distinct", counts.distinct},
            {"ok", counts.ok},
            {"degenerate", counts.degenerate},
            {"not_applicable", counts.not_applicable},
            {"infeasible", counts.infeasible},
            {"failed", counts.failed},
            {"refined", counts.refined}}},
          {"timing",
           {{"started", timing.started},
            {"seconds", timing.seconds},
            {"sitting_seconds", timing.sitting_seconds},
            {"evaluated", timing.evaluated},
            {"device", timing.device},
            {"workers", timing.workers},
            {"at_once", timing.at_once},
            {"worker_memory_bytes", timing.worker_memory},
            {"machine", machine_name()},
            {"processor", processor_name()},
            {"blas", blas_library()}}}};
}

/// Indented like the rows of the document.
std::string indented(std::string text) {
  for (std::size_t at = text.find('\n'); at != text.npos; at = text.find('\n', at + 1))
    text.insert(at + 1, 4, ' ');
  return text;
}

}  // namespace

std::string_view to_string(EndedBy end) {
  switch (end) {
    case EndedBy::budget:
      return "budget";
    case EndedBy::max_seconds:
      return "max_seconds";
    case EndedBy::exhausted:
      return "exhausted";
  }
  throw std::logic_error("no such end of a search");
}

void count_status(SearchCounts& counts, Status status) {
  switch (status) {
    case Status::ok:
      ++counts.ok;
      break;
    case Status::degenerate:
      ++counts.degenerate;
      break;
    case Status::not_applicable:
      ++counts.not_applicable;
      break;
    case Status::failed:
      ++counts.failed;
      break;
  }
}

std::optional<std::size_t> contenders(const SearchResult& result) {
  if (result.ranking.empty() || !result.ranking.front().ranks) return std::nullopt;
  return static_cast<std::size_t>(
      std::count_if(result.ranking.begin(), result.ranking.end(),
                    [](const Ranked& entry) { return entry.ranks && entry.ranks->best == 1; }));
}

nlohmann::ordered_json ranking_row(const SearchResult& result, std::size_t index) {
  const Ranked& entry = result.ranking[index];
  nlohmann::ordered_json row{
      {"rank", index + 1}, {"arch", entry.arch}, {"canonical", entry.canonical}};
  if (result.rule.is_vote()) {
    row["vote"] = entry.vote ? nlohmann::ordered_json(*entry.vote) : nlohmann::ordered_json();
  }
  if (entry.ranks) row["ranks"] = {entry.ranks->best, entry.ranks->worst};
  row.update(to_json(entry.evaluation.unpacked()));
  row["first_seen"] = entry.first_seen;
  return row;
}

nlohmann::ordered_json to_json(const SearchResult& result, const Config& config) {
  nlohmann::ordered_json document = document_of(result, config);
  DocumentSeal seal(document);
  for (std::size_t i = 0; i < result.ranking.size(); ++i) {
    document["ranking"].push_back(ranking_row(result, i));
    seal.add(document["ranking"].back());
  }
  document["timing"]["check"] = seal.check();
  return document;
}

void write_text(const SearchResult& result, const Config& config, const TextSink& write) {
  nlohmann::ordered_json document = document_of(result, config);
  DocumentSeal seal(document);
  const std::string_view opening = "\n  \"ranking\": [";
  std::string frame = document.dump(2);
  const std::size_t place = frame.find(opening) + opening.size();
  write(std::string_view(frame).substr(0, place));
  for (std::size_t i = 0; i < result.ranking.size(); ++i) {
    const nlohmann::ordered_json row = ranking_row(result, i);
    seal.add(row);
    write(i == 0 ? "\n    " : ",\n    ");
    write(indented(row.dump(2)));
  }
  if (!result.ranking.empty()) write("\n  ");
  document["timing"]["check"] = seal.check();
  frame = document.dump(2);
  write(std::string_view(frame).substr(place));
  write("\n");
}

}  // namespace wrcor
