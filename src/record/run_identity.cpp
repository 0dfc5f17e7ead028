#include "record/run_identity.h"

#include <spdlog/spdlog.h>

#include <functional>

#include "config/config_documents.h"
#include "config/proxy_choice.h"
#include "config/shown_setting.h"
#include "core/file.h"
#include "core/json.h"
#include "core/schema_version.h"
#include "record/result_document.h"
#include "record/run_folder.h"
#include "record/scoring_schema.h"
#include "score/scoring_revision.h"
#include "wrcor/config/config_loader.h"
#include "wrcor/config/settings.h"
#include "wrcor/core/error.h"
#include "wrcor/core/registry.h"
#include "wrcor/core/version.h"
#include "wrcor/search/builtin.h"

namespace wrcor {
namespace {

using Json = nlohmann::ordered_json;

/// The settings that must stay the same, by section. Votes and "all" are replaced by their members,
/// which may change with the program.
Json lasting_settings(Config config, const RankingRule& rule,
                      const std::vector<std::string>& proxies) {
  config.score.rank_by = rule.text();
  config.score.proxies = proxies;
  Json sections;
  for (const Setting& setting : settings()) {
    if (setting.scope >= Scope::search && setting.serves(Purpose::search) &&
        setting.belongs_to(config))
      sections[setting.section()][setting.recorded_name()] = setting.get(config);
  }
  add_space_definition(sections, config);
  return sections;
}

Json lasting_settings(const RunSpec& spec) {
  return lasting_settings(spec.config, spec.rule, spec.proxies);
}

/// Those of the run that a file was written for.
/// @throws Error; nlohmann::json::exception for what is no configuration
Json lasting_settings(const Json& sections, const std::string& place) {
  const Config config = config_from_json(sections, place);
  return lasting_settings(config, ranking_rule(config), effective_proxies(config));
}

/// "search.budget (--budget): the run has 3, asked for 4" for every member of two objects that
/// differs.
void compare(const Json& found, const Json& asked, const std::string& section,
             std::vector<std::string>& differences) {
  for (const auto& [name, value] : asked.items()) {
    const auto member = found.find(name);
    const std::string has = member == found.end() ? "nothing" : member->dump();
    if (has != value.dump())
      differences.push_back(shown_setting(section + "." + name) + ": the run has " + has +
                            ", asked for " + value.dump());
  }
}

std::string remedy(const std::filesystem::path& folder) {
  return ", or start it again with --config " + in_quotes((folder / "config.json").string()) +
         " and another --out";
}

void require_same_settings(const Json& found, const RunSpec& spec,
                           const ScoringConditions& conditions, const std::string& quoted_folder,
                           const std::string& journal) {
  std::vector<std::string> differences;
  const Json asked = lasting_settings(spec);
  const Json has = lasting_settings(found.at("config"), journal);
  for (const auto& [section, values] : asked.items())
    compare(has.at(section), values, section, differences);
  Json batch = conditions.batch;
  // Not recorded by older versions.
  for (const char* key : {"classes", "height", "width"}) {
    if (!found.at("batch").contains(key)) batch.erase(key);
  }
  compare(found.at("batch"), batch, "batch", differences);
  const std::string table =
      spec.search.limits.table ? spec.search.limits.table->sha256 : std::string();
  if (found.value("cost_table", std::string()) != table)
    differences.push_back(shown_setting("constraints.cost_table") + ": the file has other content");
  if (found.at("device") != conditions.device_kind) {
    differences.push_back(shown_setting("run.device") + ": the run has " +
                          found.at("device").dump() + ", asked for \"" + conditions.device_kind +
                          "\"");
  }
  if (differences.empty()) return;
  throw UsageError(quoted_folder + " holds another run (" + join(differences, "; ") +
                   "); resume it with its own settings, or choose another --out");
}

/// Before the settings are compared, as another revision may have other defaults.
void require_same_revision(const Json& found, const std::filesystem::path& folder,
                           const std::string& quoted_folder) {
  const int revision = found.value("scoring_revision", 1);
  if (revision != scoring_revision) {
    throw UsageError(quoted_folder + " was started with scoring revision " +
                     std::to_string(revision) + ", this program has " +
                     std::to_string(scoring_revision) +
                     ": some scores or defaults differ; resume it with wrcor " +
                     found.at("tool").at("version").get<std::string>() + remedy(folder));
  }
}

void require_same_libtorch(const Json& found, const std::filesystem::path& folder,
                           const std::string& quoted_folder, const std::string& libtorch) {
  const auto library = found.find("libtorch");
  if (library == found.end()) {
    spdlog::warn(
        "{} does not say with which libtorch it was started; if it was not {}, scores differ "
        "in their last digits",
        quoted_folder, libtorch);
  } else if (*library != libtorch) {
    throw UsageError(quoted_folder + " was started with libtorch " + library->get<std::string>() +
                     ", this program has " + libtorch +
                     ": scores differ in their last digits; resume it with a build on libtorch " +
                     library->get<std::string>() + remedy(folder));
  }
}

/// Whatever changes the last digits of scores and is not, or not always, the user's choice.
Json computing_parts(const ScoringConditions& conditions) {
  const Platform& platform = conditions.platform;
  return {{"processor", platform.processor},
          {"blas", platform.blas_file()},
          {"kernels", platform.kernels},
          {"at_once", conditions.networks_per_batch}};
}

/// Parts that an older program did not record in its journal are not compared.
void warn_of_other_parts(const Json& found, const ScoringConditions& conditions,
                         const std::string& quoted_folder) {
  std::vector<std::string> differences;
  const Json parts = computing_parts(conditions);
  for (const auto& [name, present] : parts.items()) {
    const auto begun = found.find(name);
    if (begun != found.end() && *begun != present)
      differences.push_back(shown_condition(name) + " " + begun->dump() + ", now " +
                            present.dump());
  }
  if (differences.empty()) return;
  spdlog::warn(
      "{} was started with {}: new scores may differ from those of its journal in their last "
      "digits",
      quoted_folder, join(differences, "; "));
}

}  // namespace

std::string shown_condition(const std::string& name) {
  return name == "at_once" ? "networks per batch" : name;
}

Json journal_header(const RunSpec& spec, const ScoringConditions& conditions) {
  Json header = program_json(schema_version::journal, conditions);
  header.update(computing_parts(conditions));
  header["batch"] = conditions.batch;
  if (spec.search.limits.table) header["cost_table"] = spec.search.limits.table->sha256;
  header["config"] = lasting_settings(spec);
  return header;
}

namespace {

/// @throws Error; nlohmann::json::exception for what is no configuration
bool has_lasting_settings(Json sections, const RunSpec& spec, const std::string& place) {
  sections.erase("schema_version");
  return lasting_settings(sections, place) == lasting_settings(spec);
}

/// @param is_own  whether a document belongs to the run; may throw for an invalid one
void require_own(const std::filesystem::path& file,
                 const std::function<bool(const Json&)>& is_own) {
  if (!file_exists(file) || holds_nothing(file)) return;
  const std::string text = read_file(file);
  try {
    if (is_own(parse_json(text))) return;
  } catch (const JsonError&) {
    // Not what a run writes, as below.
  } catch (const Json::exception&) {
    // The same.
  } catch (const Error&) {
    // The same: an unknown setting.
  }
  throw not_of_this("search", file);
}

}  // namespace

void require_own_settings(const std::filesystem::path& config_file, const RunSpec& spec) {
  require_own(config_file, [&](const Json& document) {
    return has_lasting_settings(document, spec, config_file.string());
  });
}

void require_own_result(const std::filesystem::path& result_file, const RunSpec& spec,
                        const ScoringConditions& conditions) {
  require_own(result_file, [&](const Json& document) {
    const ResultDocument result(document, result_file.string());
    return result.batch_sha256() == conditions.batch.at("sha256") &&
           has_lasting_settings(result.config(), spec, result_file.string());
  });
}

void require_same_run(const Json& found, const RunSpec& spec, const ScoringConditions& conditions,
                      const std::filesystem::path& folder) {
  const std::string journal = (folder / "journal.jsonl").string() + ":1";
  const std::string quoted_folder = in_quotes(folder.string());
  read_schema_version(found, schema_version::journal, journal);
  try {
    require_same_revision(found, folder, quoted_folder);
    require_same_settings(found, spec, conditions, quoted_folder, journal);
    require_same_libtorch(found, folder, quoted_folder, conditions.platform.libtorch);
    warn_of_other_parts(found, conditions, quoted_folder);
  } catch (const Json::exception&) {
    throw DataError(journal + ": expected the header of a journal, found " +
                    in_quotes(found.dump()));
  }
}

json_schema_parts::Schema journal_header_schema() {
  using namespace json_schema_parts;
  const auto lasts = [](const Setting& setting) {
    return setting.scope >= Scope::search && setting.serves(Purpose::search);
  };
  return object(
      joined(joined({{"check", hexadecimal(16)}}, program_members(schema_version::journal)),
             {{"processor", text(), /*required=*/false},
              {"blas", text(), /*required=*/false},
              {"kernels", text(), /*required=*/false},
              {"at_once", whole_number(), /*required=*/false},
              {"batch", batch_schema()},
              {"cost_table", hexadecimal(64), /*required=*/false},
              {"config", written_settings_schema(lasts)}}));
}

namespace {

constexpr const char* trials_kind = "trials";

Json proposal_settings(const Config& config) {
  Json sections;
  for (const Setting& setting : settings()) {
    if (guides_proposals(setting) && setting.belongs_to(config))
      sections[setting.section()][setting.recorded_name()] = setting.get(config);
  }
  add_space_definition(sections, config);
  return sections;
}

Json input_json(const NetworkInput& input) {
  return {{"channels", input.image.channels},
          {"height", input.image.height},
          {"width", input.image.width},
          {"classes", input.classes}};
}

/// @throws Error; nlohmann::json::exception for what is no configuration
bool has_proposal_settings(Json sections, const RunSpec& spec, const std::string& place) {
  sections.erase("schema_version");
  return proposal_settings(config_from_json(sections, place)) == proposal_settings(spec.config);
}

}  // namespace

bool guides_proposals(const Setting& setting) {
  const std::string section = setting.section(), name = setting.name();
  if (section == "search") {
    return name == "strategy" || name == "window" || name == "dedupe" || name == "minimize" ||
           !strategies_with(name).empty();
  }
  return section == "space" || section == "constraints" || setting.key == "run.seed";
}

Json trial_header(const RunSpec& spec) {
  Json header{{"schema_version", schema_version::journal},
              {"tool", {{"name", "wrcor"}, {"version", version}}},
              {"kind", trials_kind},
              {"input", input_json(spec.space->input())}};
  if (spec.search.limits.table) header["cost_table"] = spec.search.limits.table->sha256;
  header["config"] = proposal_settings(spec.config);
  return header;
}

bool is_trial_header(const Json& header) { return header.value("kind", "") == trials_kind; }

json_schema_parts::Schema trial_header_schema() {
  using namespace json_schema_parts;
  const Schema input = object({{"channels", whole_number()},
                               {"height", whole_number()},
                               {"width", whole_number()},
                               {"classes", whole_number()}});
  return object({{"check", hexadecimal(16)},
                 {"schema_version", constant(schema_version::journal)},
                 {"tool", tool()},
                 {"kind", constant(trials_kind)},
                 {"input", input},
                 {"cost_table", hexadecimal(64), /*required=*/false},
                 {"config", written_settings_schema(guides_proposals)}});
}

void require_same_trials(const Json& found, const RunSpec& spec,
                         const std::filesystem::path& folder) {
  const std::string journal = RunDirectory{folder}.journal().string() + ":1";
  read_schema_version(found, schema_version::journal, journal);
  try {
    std::vector<std::string> differences;
    const Json asked = trial_header(spec);
    const Json has = proposal_settings(config_from_json(found.at("config"), journal));
    for (const auto& [section, values] : asked.at("config").items())
      compare(has.at(section), values, section, differences);
    compare(found.at("input"), asked.at("input"), "input", differences);
    if (found.value("cost_table", "") != asked.value("cost_table", ""))
      differences.push_back(shown_setting("constraints.cost_table") +
                            ": the file has other content");
    if (differences.empty()) return;
    throw UsageError(in_quotes(folder.string()) + " holds other trials (" +
                     join(differences, "; ") +
                     "); leave these settings out, or choose another folder");
  } catch (const Json::exception&) {
    throw DataError(journal + ": expected the header of a journal, found " +
                    in_quotes(found.dump()));
  }
}

void require_own_trial_files(const RunDirectory& directory, const RunSpec& spec) {
  const std::string config = directory.config().string();
  require_own(directory.config(),
              [&](const Json& document) { return has_proposal_settings(document, spec, config); });
  const std::string result = directory.result().string();
  require_own(directory.result(), [&](const Json& document) {
    return has_proposal_settings(document.at("config"), spec, result);
  });
}

}  // namespace wrcor
