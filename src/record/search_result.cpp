#include "record/search_result.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <stdexcept>

#include "config/config_documents.h"
#include "core/json_schema_parts.h"
#include "core/schema_version.h"
#include "core/seal.h"
#include "record/scoring_schema.h"
#include "record/trial.h"
#include "record/trial_result.h"
#include "score/evaluation_schema.h"
#include "wrcor/config/config_loader.h"
#include "wrcor/score/proxies.h"

namespace wrcor {
namespace {

/// As text: some readers of JSON have no 64-bit integers.
std::string hex(std::uint64_t seed) { return fmt::format("{:016x}", seed); }

/// @param with_table  of measured costs, some of which can be missing
nlohmann::ordered_json counts_json(const SearchCounts& counts, bool with_table) {
  nlohmann::ordered_json json{{"asked", counts.asked},
                              {"distinct", counts.distinct},
                              {"ok", counts.ok},
                              {"degenerate", counts.degenerate},
                              {"not_applicable", counts.not_applicable},
                              {"infeasible", counts.infeasible}};
  if (with_table) json["without_cost"] = counts.without_cost;
  json["failed"] = counts.failed;
  json["refined"] = counts.refined;
  return json;
}

/// Without the rows and the check of all.
nlohmann::ordered_json document_of(const SearchResult& result, const RunSpec& spec) {
  const Seeds& seeds = spec.seeds;
  const SearchTiming& timing = result.timing;
  const ScoringConditions& conditions = result.conditions;
  nlohmann::ordered_json document = program_json(schema_version::result, conditions);
  document.update(nlohmann::ordered_json{
      {"config", result_config(spec.config)},
      {"seeds",
       {{"data", hex(seeds.data)}, {"weights", hex(seeds.weights)}, {"search", hex(seeds.search)}}},
      {"batch", conditions.batch},
      {"settings", result.settings},
      {"proxies", spec.proxies},
      {"rank_by", result.rule.text()},
      {"ranking", nlohmann::ordered_json::array()},
      {"ended_by", to_string(result.ended_by)},
      {"counts", counts_json(result.counts, spec.search.limits.table != nullptr)},
      {"timing",
       {{"started", timing.started},
        {"seconds", timing.seconds},
        {"sitting_seconds", timing.session_seconds},
        {"evaluated", timing.evaluated},
        {"device", timing.device},
        {"workers", timing.workers},
        {"at_once", timing.networks_per_batch},
        {"worker_memory_bytes", timing.worker_memory},
        {"machine", machine_name()},
        {"processor", conditions.platform.processor},
        {"blas", conditions.platform.blas}}}});
  if (!timing.platforms.empty()) document["timing"]["platforms"] = timing.platforms;
  return document;
}

/// As deep in the document as the rows are.
std::string indented(std::string text) {
  for (std::size_t at = text.find('\n'); at != text.npos; at = text.find('\n', at + 1))
    text.insert(at + 1, 4, ' ');
  return text;
}

/// @param names    of the scores
/// @param further  members of a row
json_schema_parts::Schema rows_schema(const std::vector<std::string>& names = proxies().names(),
                                      const std::vector<json_schema_parts::Member>& further = {}) {
  using namespace json_schema_parts;
  const Member vote{"vote", number_or_null(), /*required=*/false};
  const Member ranks{"ranks", array(whole_number()), /*required=*/false};
  Schema front_number = whole_number();
  front_number["type"] = {"integer", "null"};
  const Member front{"front", front_number, /*required=*/false};
  const Member costs{
      "costs", {{"type", "object"}, {"additionalProperties", number()}}, /*required=*/false};
  return array(evaluation_object(joined(joined({{"rank", whole_number()},
                                                {"arch", text()},
                                                {"canonical", text()},
                                                vote,
                                                ranks,
                                                front,
                                                costs},
                                               evaluation_members(names)),
                                        joined({{"first_seen", whole_number()}}, further))));
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
  if (!result.minimize.empty()) {
    row["front"] = entry.front ? nlohmann::ordered_json(*entry.front) : nlohmann::ordered_json();
    for (std::size_t k = 0; k < result.minimize.size(); ++k)
      row["costs"][result.minimize[k]] = entry.costs[k];
  }
  row.update(to_json(entry.evaluation.unpacked()));
  row["first_seen"] = entry.first_seen;
  return row;
}

nlohmann::ordered_json to_json(const SearchResult& result, const RunSpec& spec) {
  nlohmann::ordered_json document = document_of(result, spec);
  DocumentSeal seal(document);
  for (std::size_t i = 0; i < result.ranking.size(); ++i) {
    document["ranking"].push_back(ranking_row(result, i));
    seal.add(document["ranking"].back());
  }
  document["timing"]["check"] = seal.check();
  return document;
}

void write_text(const SearchResult& result, const RunSpec& spec, const TextSink& write) {
  nlohmann::ordered_json document = document_of(result, spec);
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

json_schema_parts::Schema end_schema() {
  std::vector<std::string> ends;
  for (const EndedBy end : {EndedBy::budget, EndedBy::max_seconds, EndedBy::exhausted})
    ends.emplace_back(to_string(end));
  return json_schema_parts::one_of_texts(ends);
}

nlohmann::ordered_json result_schema() {
  using namespace json_schema_parts;
  const Schema counts = object({{"asked", whole_number()},
                                {"distinct", whole_number()},
                                {"ok", whole_number()},
                                {"degenerate", whole_number()},
                                {"not_applicable", whole_number()},
                                {"infeasible", whole_number()},
                                {"without_cost", whole_number(), /*required=*/false},
                                {"failed", whole_number()},
                                {"refined", whole_number()}});
  const Schema timing = object({{"started", time_of_day()},
                                {"seconds", number()},
                                {"sitting_seconds", number()},
                                {"evaluated", whole_number()},
                                {"device", text()},
                                {"workers", whole_number()},
                                {"at_once", whole_number(), /*required=*/false},
                                {"worker_memory_bytes", whole_number(), /*required=*/false},
                                {"machine", text()},
                                {"processor", text()},
                                {"blas", text()},
                                {"platforms", array(text()), /*required=*/false},
                                {"check", hexadecimal(16)}});
  const Schema seeds = object(
      {{"data", hexadecimal(16)}, {"weights", hexadecimal(16)}, {"search", hexadecimal(16)}});
  const Schema of_search = object(joined(program_members(schema_version::result),
                                         {{"config", result_settings_schema(Purpose::search)},
                                          {"seeds", seeds},
                                          {"batch", batch_schema()},
                                          {"settings", hexadecimal(12)},
                                          {"proxies", array(one_of_texts(proxies().names()))},
                                          {"rank_by", text()},
                                          {"ranking", rows_schema()},
                                          {"ended_by", end_schema()},
                                          {"counts", counts},
                                          {"timing", timing}}));
  const Schema of_trials =
      trial_result_object(rows_schema({fitness_name}, {{"id", whole_number()}}));
  return document("result", schema_version::result, "Result of a search, or of trials",
                  {{"if", {{"properties", {{"rank_by", constant(fitness_rule().text())}}}}},
                   {"then", of_trials},
                   {"else", of_search}});
}

nlohmann::ordered_json ranking_schema() {
  return json_schema_parts::document("ranking", schema_version::result,
                                     "What wrcor search --format json prints", rows_schema());
}

}  // namespace wrcor
