#include "record/result_document.h"

#include <cstdint>
#include <utility>

#include "config/proxy_choice.h"
#include "core/file.h"
#include "core/json.h"
#include "core/schema_version.h"
#include "core/seal.h"
#include "core/text_file.h"
#include "record/trial.h"
#include "wrcor/config/config_loader.h"
#include "wrcor/core/error.h"

namespace wrcor {
namespace {

constexpr std::uint64_t largest_result = std::uint64_t{1} << 30;

/// Proxies and votes, and the fitness of trials.
RankingNames names_of_results() {
  RankingNames names = registered_names();
  names.proxies.emplace_back(fitness_name, Direction::higher);
  return names;
}

}  // namespace

ResultDocument::ResultDocument(nlohmann::ordered_json document, std::string file)
    : document_(std::move(document)), file_(std::move(file)) {
  rows().get_ref<const nlohmann::ordered_json::array_t&>();
}

ResultDocument ResultDocument::read(const RunDirectory& run) {
  const std::string file = run.result().string();
  std::error_code missing;
  if (std::filesystem::is_regular_file(run.path, missing)) {
    throw UsageError("'" + run.path.string() +
                     "' is a file; name the folder of a finished run, which holds it");
  }
  if (!file_exists(file)) {
    throw UsageError("'" + run.path.string() + "' holds no result.json: it is the folder of no " +
                     "finished run; wrcor search --resume --out finishes one");
  }
  try {
    nlohmann::ordered_json document = parse_json(read_text_file(file, largest_result));
    read_schema_version(document, schema_version::result, file);
    return ResultDocument(std::move(document), file);
  } catch (const JsonError& error) {
    throw DataError("'" + file + "': " + error.what());
  } catch (const nlohmann::json::exception&) {
    throw DataError("'" + file + "' is not the result of a run");
  }
}

SpaceChoice ResultDocument::space() const {
  config().at("space").at("name").get_ref<const std::string&>();
  return space_from_json(config().at("space"), "'" + file_ + "'");
}

std::string ResultDocument::settings() const {
  const auto found = document_.find("settings");
  return found != document_.end() && found->is_string() ? found->get<std::string>() : "";
}

RankingRule ResultDocument::rule() const {
  if (const auto text = document_.find("rank_by"); text != document_.end())
    return RankingRule::parse(text->get<std::string>(), names_of_results());
  return ranking_rule(config_from_json(config(), "config"));
}

void ResultDocument::require_known_version() const {
  read_schema_version(document_, schema_version::result, file_);
}

void ResultDocument::require_sealed() { require_sealed_result(document_, file_); }

nlohmann::ordered_json ResultDocument::take_frame() && {
  document_.erase("ranking");
  return std::move(document_);
}

}  // namespace wrcor
