#include "wrcor/run/finished_run.h"

#include <stdexcept>

#include "wrcor/config/config_loader.h"
#include "wrcor/config/proxy_choice.h"
#include "wrcor/core/error.h"
#include "wrcor/core/file.h"
#include "wrcor/core/json.h"
#include "wrcor/core/schema_version.h"
#include "wrcor/core/seal.h"
#include "wrcor/core/text_file.h"
#include "wrcor/run/journal.h"
#include "wrcor/run/search_run.h"
#include "wrcor/space/builtin.h"

namespace wrcor {
namespace {

constexpr std::uint64_t largest_result = std::uint64_t{1} << 30;

FinishedRun::Row read_row(const nlohmann::ordered_json& json, const SearchSpace& space) {
  FinishedRun::Row row;
  row.arch = space.format(space.parse(json.at("arch").get<std::string>()));
  row.evaluation = evaluation_from_json(json);
  row.first_seen = json.at("first_seen").get<std::int64_t>();
  const auto vote = json.find("vote");
  if (vote != json.end() && !vote->is_null()) row.vote = vote->get<double>();
  if (const auto ranks = json.find("ranks"); ranks != json.end())
    row.ranks = {ranks->at(0).get<std::size_t>(), ranks->at(1).get<std::size_t>()};
  return row;
}

/// Whether the rule and the proxies have their scores. @throws std::out_of_range
void require_scores(const FinishedRun& run, const FinishedRun::Row& row) {
  for (const RankingMember& member : run.rule.members) row.evaluation.score(member.proxy);
  for (const std::string& proxy : run.proxies) row.evaluation.score(proxy);
}

/// Those of the first row if the document, of version 1, names none.
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
    } catch (const std::exception&) {  // an unknown status, a row without a score
      throw DataError("'" + file + "' is not the result of a run: " + place + " is damaged");
    }
  }
}

FinishedRun from_document(nlohmann::ordered_json document, const std::string& file) {
  FinishedRun run;
  run.space = document.at("config").at("space").at("name").get<std::string>();
  run.rule = ranking_rule_of(document);
  const auto space = spaces().find(run.space).make({});  // for the names, independent of the size
  const auto& rows = document.at("ranking");
  if (rows.empty()) throw DataError("'" + file + "': the ranking has no rows");
  for_each_rank(file, rows.size(), [&](std::size_t rank) {
    run.ranking.push_back(read_row(rows.at(rank - 1), *space));
  });
  run.proxies = read_proxies(document, run.ranking);
  for_each_rank(file, rows.size(),
                [&](std::size_t rank) { require_scores(run, run.ranking[rank - 1]); });
  document.erase("ranking");
  run.document = std::move(document);
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

FinishedRun read_finished_run(const std::filesystem::path& folder) {
  const RunDirectory directory{folder};
  const std::string file = directory.result().string();
  if (!file_exists(file)) {
    throw UsageError("'" + folder.string() + "' holds no result.json: it is the folder of no " +
                     "finished run; wrcor search --resume --out finishes one");
  }
  FinishedRun run;
  try {
    nlohmann::ordered_json document = parse_json(read_text_file(file, largest_result));
    read_schema_version(document, schema_version::result, file);
    run = from_document(document, file);
    require_sealed_result(document, file);  // last: an error in a rank is more specific
  } catch (const JsonError& error) {
    throw DataError("'" + file + "': " + error.what());
  } catch (const UsageError& error) {
    throw DataError("'" + file + "': " + error.what());
  } catch (const nlohmann::json::exception&) {
    throw DataError("'" + file + "' is not the result of a run");
  } catch (const std::logic_error&) {  // an unknown status, a row without a score
    throw DataError("'" + file + "' is not the result of a run");
  }
  if (file_exists(directory.journal())) {
    const FinishTimes times = read_finish_times(directory.journal());
    if (!are_of_one_run(run.document, times.header)) {
      throw DataError("'" + file + "' and '" + directory.journal().string() +
                      "' are not of one run; restore them from a copy");
    }
    for (const auto& [arch, elapsed] : times.evaluations)
      run.elapsed.insert_or_assign(arch, elapsed);
  }
  return run;
}

}  // namespace wrcor
