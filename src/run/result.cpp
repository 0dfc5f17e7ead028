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
  const SearchCounts& counts = result.counts;
  nlohmann::ordered_json document{{"schema_version", 1},
                                  {"tool", {{"name", "wrcor"}, {"version", version}}},
                                  {"config", result_config(config)},
                                  {"batch", result.batch}};
  if (result.rule.is_vote()) document["rank_by"] = result.rule.text();
  document["ranking"] = ranking_rows(result);
  document["counts"] = {{"asked", counts.asked},
                        {"distinct", counts.distinct},
                        {"ok", counts.ok},
                        {"degenerate", counts.degenerate},
                        {"infeasible", counts.infeasible},
                        {"failed", counts.failed}};
  document["timing"] = {{"started", result.timing.started},
                        {"seconds", result.timing.seconds},
                        {"sitting_seconds", result.timing.sitting_seconds},
                        {"evaluated", result.timing.evaluated},
                        {"device", result.timing.device},
                        {"machine", machine()},
                        {"workers", result.timing.workers}};
  return document;
}

}  // namespace wrcor
