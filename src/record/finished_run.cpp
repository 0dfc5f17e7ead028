#include "record/finished_run.h"

#include <stdexcept>

#include "core/file.h"
#include "record/journal.h"
#include "record/result_document.h"
#include "record/run_directory.h"
#include "record/trial.h"
#include "wrcor/core/error.h"

namespace wrcor {
namespace {

FinishedRun::Row read_row(const nlohmann::ordered_json& json, const SearchSpace& space) {
  FinishedRun::Row row;
  row.arch = space.format(space.parse(json.at("arch").get<std::string>()));
  row.evaluation = evaluation_from_json(json);
  row.first_seen = json.at("first_seen").get<std::int64_t>();
  const auto vote = json.find("vote");
  if (vote != json.end() && !vote->is_null()) row.vote = vote->get<double>();
  if (const auto ranks = json.find("ranks"); ranks != json.end())
    row.ranks = {ranks->at(0).get<std::size_t>(), ranks->at(1).get<std::size_t>()};
  const auto front = json.find("front");
  if (front != json.end() && !front->is_null()) row.front = front->get<std::size_t>();
  if (const auto costs = json.find("costs"); costs != json.end()) {
    for (const auto& [name, cost] : costs->items())
      row.costs.emplace_back(name, cost.get<double>());
  }
  return row;
}

/// Whether the rule and the proxies have their scores. @throws std::out_of_range
void require_scores(const FinishedRun& run, const FinishedRun::Row& row) {
  for (const RankingMember& member : run.rule.members) row.evaluation.score(member.proxy);
  for (const std::string& proxy : run.proxies) row.evaluation.score(proxy);
}

/// Those of the first row if the document, of version 1, lists none.
std::vector<std::string> read_proxies(const nlohmann::ordered_json& document,
                                      const std::vector<FinishedRun::Row>& ranking) {
  if (const auto named = document.find("proxies"); named != document.end())
    return named->get<std::vector<std::string>>();
  std::vector<std::string> proxies;
  if (!ranking.empty()) {
    for (const auto& [name, score] : ranking.front().evaluation.scores) proxies.push_back(name);
  }
  return proxies;
}

/// Calls action(rank) for the ranks from 1 to `rows`. @throws DataError naming the rank that fails
template <typename Action>
void for_each_rank(const std::string& file, std::size_t rows, const Action& action) {
  for (std::size_t rank = 1; rank <= rows; ++rank) {
    const std::string place = "rank " + std::to_string(rank);
    try {
      action(rank);
    } catch (const UsageError& error) {
      throw DataError("'" + file + "': " + place + ": " + error.what());
    } catch (const std::bad_alloc&) {
      throw;
    } catch (const std::exception&) {  // an unknown status, a row without a score
      throw DataError("'" + file + "' is not the result of a run: " + place + " is damaged");
    }
  }
}

/// @throws nlohmann::json::exception, UsageError, DataError, std::logic_error
FinishedRun run_of(ResultDocument document) {
  FinishedRun run;
  run.space = document.space();
  run.rule = document.rule();
  const auto space = make_naming_space(run.space);
  const auto& rows = document.rows();
  if (rows.empty()) throw DataError("'" + document.file() + "': the ranking has no rows");
  for_each_rank(document.file(), rows.size(), [&](std::size_t rank) {
    run.ranking.push_back(read_row(rows.at(rank - 1), *space));
  });
  run.proxies = read_proxies(document.json(), run.ranking);
  for_each_rank(document.file(), rows.size(),
                [&](std::size_t rank) { require_scores(run, run.ranking[rank - 1]); });
  document.require_sealed();  // last: an error in a rank is more specific
  run.document = std::move(document).take_frame();
  return run;
}

/// Whether a result and a journal, by its header, belong to one run. Older versions record too
/// little.
bool are_of_one_run(const nlohmann::ordered_json& document, const nlohmann::ordered_json& header) {
  constexpr int first_sealed_version = 4;
  const auto config = header.find("config");
  if (document.value("schema_version", 1) < first_sealed_version || config == header.end())
    return true;
  for (const auto& [section, values] : config->items()) {
    for (const auto& [name, value] : values.items()) {
      // The header has these in full.
      if (section == "score" && (name == "proxies" || name == "rank_by")) continue;
      if (document.at("config").at(section).value(name, value) != value) return false;
    }
  }
  return document.at("rank_by") == config->at("score").at("rank_by") &&
         document.at("batch").at("sha256") == header.at("batch").at("sha256");
}

}  // namespace

std::optional<double> FinishedRun::value(const Row& row) const {
  return ranking_value(rule, row.vote, row.evaluation);
}

FinishedRun read_result(const std::filesystem::path& folder) {
  ResultDocument document = ResultDocument::read({folder});
  const std::string file = document.file();
  try {
    return run_of(std::move(document));
  } catch (const UsageError& error) {
    throw DataError("'" + file + "': " + error.what());
  } catch (const nlohmann::json::exception&) {
    throw DataError("'" + file + "' is not the result of a run");
  } catch (const std::logic_error&) {  // an unknown status, a row without a score
    throw DataError("'" + file + "' is not the result of a run");
  }
}

FinishedRun read_finished_run(const std::filesystem::path& folder) {
  FinishedRun run = read_result(folder);
  const RunDirectory directory{folder};
  if (!file_exists(directory.journal()) || run.rule == fitness_rule()) return run;
  const FinishTimes times = read_finish_times(directory.journal());
  if (!are_of_one_run(run.document, times.header)) {
    throw DataError("'" + directory.result().string() + "' and '" + directory.journal().string() +
                    "' are not of one run; restore them from a copy");
  }
  for (const auto& [arch, elapsed] : times.evaluations) run.elapsed.insert_or_assign(arch, elapsed);
  return run;
}

}  // namespace wrcor
