#include "record/trial_result.h"

#include <spdlog/fmt/fmt.h>

#include <limits>
#include <map>

#include "config/config_documents.h"
#include "core/file.h"
#include "core/schema_version.h"
#include "core/seal.h"
#include "record/result_files.h"
#include "record/search_result.h"
#include "record/trial_run.h"
#include "wrcor/config/config_loader.h"
#include "wrcor/core/version.h"

namespace wrcor {
namespace {

using Json = nlohmann::ordered_json;

Evaluation evaluation_of(const TrialOutcome& outcome, const Costs& costs) {
  if (outcome.fitness)
    return {Status::ok, {}, {{fitness_name, Score::of(*outcome.fitness)}}, costs};
  Score none;
  none.status = Status::failed;
  none.reason = outcome.failure;
  none.raw = std::numeric_limits<double>::quiet_NaN();
  return {Status::failed, outcome.failure, {{fitness_name, none}}, costs};
}

/// By fitness, with its rule and costs.
SearchResult trial_ranking(const TrialRun& run, const RunSpec& spec) {
  const ConstrainedSpace& space = run.course().space();
  SearchResult result;
  result.rule = fitness_rule();
  result.minimize = spec.search.minimize;
  for (const auto& [id, outcome] : run.records().told) {
    const ProposedClass& of = run.course().classes()[id];
    const Evaluation evaluation = evaluation_of(outcome, space.costs(of.representative));
    count_status(result.counts, evaluation.status);
    const Genotype canonical = space.representative(of.representative, Dedupe::strict);
    result.ranking.push_back({of.arch, space.format(canonical), evaluation, of.first_seen});
    result.ranking.back().costs = of.costs;
  }
  rank(result.ranking, result.rule);
  find_fronts(result.ranking, result.rule);
  return result;
}

Json counts_json(const TrialRun& run, const SearchCounts& course, const SearchCounts& told) {
  return {{"asked", course.asked},
          {"distinct", told.ok + told.failed},
          {"ok", told.ok},
          {"failed", told.failed},
          {"awaited", run.awaited()},
          {"infeasible", course.infeasible}};
}

Json rows_json(const TrialRun& run, const SearchResult& result) {
  std::map<std::string, std::size_t> ids;
  for (std::size_t id = 0; id < run.records().asked.size(); ++id)
    ids.emplace(run.records().asked[id], id);
  Json rows = Json::array();
  for (std::size_t k = 0; k < result.ranking.size(); ++k) {
    rows.push_back(ranking_row(result, k));
    rows.back()["id"] = ids.at(result.ranking[k].arch);
  }
  return rows;
}

}  // namespace

void write_trial_result(TrialRun& run, const RunSpec& spec, const RunDirectory& directory) {
  SearchCounts course = run.course().counts();
  const std::optional<EndedBy> end = run.ended_by();
  // Otherwise it looked ahead, at proposals that nobody has asked for.
  if (end) course = run.course().counts();
  const SearchResult result = trial_ranking(run, spec);
  Json document{{"schema_version", schema_version::result},
                {"tool", {{"name", "wrcor"}, {"version", version}}},
                {"config", result_config(spec.config)},
                {"seeds", {{"search", fmt::format("{:016x}", spec.seeds.search)}}},
                {"proxies", Json::array({fitness_name})},
                {"rank_by", result.rule.text()},
                {"ranking", Json::array()}};
  if (end) document["ended_by"] = to_string(*end);
  document["counts"] = counts_json(run, course, result.counts);
  document["timing"] = {{"written", utc_now()}, {"machine", machine_name()}};
  DocumentSeal seal(document);
  document["ranking"] = rows_json(run, result);
  for (const Json& row : document["ranking"]) seal.add(row);
  document["timing"]["check"] = seal.check();
  // First: next to a result.json, the other files are recognised as the run's.
  write_file_atomic(directory.result(), document.dump(2) + "\n");
  write_ranking_files(result, directory);
}

json_schema_parts::Schema trial_result_object(const json_schema_parts::Schema& rows) {
  using namespace json_schema_parts;
  const Schema counts = object({{"asked", whole_number()},
                                {"distinct", whole_number()},
                                {"ok", whole_number()},
                                {"failed", whole_number()},
                                {"awaited", whole_number()},
                                {"infeasible", whole_number()}});
  const Schema timing =
      object({{"written", time_of_day()}, {"machine", text()}, {"check", hexadecimal(16)}});
  return object({{"schema_version", constant(schema_version::result)},
                 {"tool", tool()},
                 {"config", result_settings_schema(Purpose::search)},
                 {"seeds", object({{"search", hexadecimal(16)}})},
                 {"proxies", array(constant(fitness_name))},
                 {"rank_by", constant(fitness_rule().text())},
                 {"ranking", rows},
                 {"ended_by", end_schema(), /*required=*/false},
                 {"counts", counts},
                 {"timing", timing}});
}

}  // namespace wrcor
