#include <sys/utsname.h>

#include "wrcor/core/version.h"
#include "wrcor/run/config_loader.h"
#include "wrcor/run/search_run.h"

namespace wrcor {
namespace {

std::string machine() {
  utsname system{};
  if (uname(&system) != 0) return "unknown";
  return std::string(system.sysname) + " " + system.machine;
}

}  // namespace

nlohmann::ordered_json ranking_rows(const std::vector<Ranked>& ranking) {
  nlohmann::ordered_json rows = nlohmann::ordered_json::array();
  for (const Ranked& entry : ranking) {
    nlohmann::ordered_json row{
        {"rank", rows.size() + 1}, {"arch", entry.arch}, {"canonical", entry.canonical}};
    row.update(to_json(entry.evaluation));
    row["first_seen"] = entry.first_seen;
    rows.push_back(std::move(row));
  }
  return rows;
}

nlohmann::ordered_json to_json(const SearchResult& result, const Config& config) {
  const SearchCounts& counts = result.counts;
  return {{"schema_version", 1},
          {"tool", {{"name", "wrcor"}, {"version", version}}},
          {"config", result_config(config)},
          {"batch", result.batch},
          {"ranking", ranking_rows(result.ranking)},
          {"counts",
           {{"asked", counts.asked},
            {"distinct", counts.distinct},
            {"ok", counts.ok},
            {"degenerate", counts.degenerate},
            {"infeasible", counts.infeasible},
            {"failed", counts.failed}}},
          {"timing",
           {{"started", result.timing.started},
            {"seconds", result.timing.seconds},
            {"sitting_seconds", result.timing.sitting_seconds},
            {"evaluated", result.timing.evaluated},
            {"device", result.timing.device},
            {"machine", machine()},
            {"workers", result.timing.workers}}}};
}

}  // namespace wrcor
