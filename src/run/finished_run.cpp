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

/// What the configuration says where the document, of version 1, names no vote.
RankingRule read_rule(const nlohmann::ordered_json& document) {
  if (const auto text = document.find("rank_by"); text != document.end())
    return RankingRule::parse(text->get<std::string>());
  return ranking_rule(config_from_json(document.at("config"), "config"));
}

/// Those of the first row where the document, of version 1, names none.
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

/// @throws std::out_of_range when a row lacks one
void require_scores(const FinishedRun& run) {
  for (const FinishedRun::Row& row : run.ranking) {
    for (const RankingMember& member : run.rule.members) row.evaluation.score(member.proxy);
    for (const std::string& proxy : run.proxies) row.evaluation.score(proxy);
  }
}

FinishedRun from_document(nlohmann::ordered_json document) {
  FinishedRun run;
  run.space = document.at("config").at("space").at("name").get<std::string>();
  run.rule = read_rule(document);
  const auto space = spaces().find(run.space).make({});  // for the names, whatever the size
  for (const auto& row : document.at("ranking")) run.ranking.push_back(read_row(row, *space));
  run.proxies = read_proxies(document, run.ranking);
  require_scores(run);
  document.erase("ranking");
  run.document = std::move(document);
  return run;
}

/// Whether a result and a journal, by its header, are of one run. Older versions do not say enough.
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
  return rule.is_vote() ? row.vote : row.evaluation.score(rule.members.front().proxy).value;
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
    require_sealed_result(document, file);
    run = from_document(std::move(document));
  } catch (const JsonError& error) {
    throw DataError("'" + file + "': " + error.what());
  } catch (const UsageError& error) {
    throw DataError("'" + file + "': " + error.what());
  } catch (const nlohmann::json::exception&) {
    throw DataError("'" + file + "' is not the result of a run");
  } catch (const std::logic_error&) {  // a status that there is not, a row without a score
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
