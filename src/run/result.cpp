#include <spdlog/fmt/fmt.h>
#include <sys/utsname.h>

#include "wrcor/core/schema_version.h"
#include "wrcor/core/version.h"
#include "wrcor/eval/device.h"
#include "wrcor/eval/scoring_revision.h"
#include "wrcor/run/config_loader.h"
#include "wrcor/run/proxy_choice.h"
#include "wrcor/run/search_run.h"
#include "wrcor/run/seeds.h"

namespace wrcor {
namespace {

std::string machine() {
  utsname system{};
  if (uname(&system) != 0) return "unknown";
  return std::string(system.sysname) + " " + system.machine;
}

/// As text: not every reader of JSON has integers of 64 bits.
std::string hex(std::uint64_t seed) { return fmt::format("{:016x}", seed); }

}  // namespace

nlohmann::ordered_json ranking_rows(const SearchResult& result) {
  nlohmann::ordered_json rows = nlohmann::ordered_json::array();
  for (const Ranked& entry : result.ranking) {
    nlohmann::ordered_json row{
        {"rank", rows.size() + 1}, {"arch", entry.arch}, {"canonical", entry.canonical}};
    if (result.rule.is_vote()) {
      row["vote"] = entry.vote ? nlohmann::ordered_json(*entry.vote) : nlohmann::ordered_json();
    }
    row.update(to_json(entry.evaluation));
    row["first_seen"] = entry.first_seen;
    rows.push_back(std::move(row));
  }
  return rows;
}

nlohmann::ordered_json to_json(const SearchResult& result, const Config& config) {
  const auto [data, weights, search] = seeds(config);
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
          {"ranking", ranking_rows(result)},
          {"counts",
           {{"asked", counts.asked},
            {"distinct", counts.distinct},
            {"ok", counts.ok},
            {"degenerate", counts.degenerate},
            {"infeasible", counts.infeasible},
            {"failed", counts.failed}}},
          {"timing",
           {{"started", timing.started},
            {"seconds", timing.seconds},
            {"sitting_seconds", timing.sitting_seconds},
            {"evaluated", timing.evaluated},
            {"device", timing.device},
            {"workers", timing.workers},
            {"machine", machine()},
            {"processor", processor_name()},
            {"blas", blas_library()}}}};
}

}  // namespace wrcor
