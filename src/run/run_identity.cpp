#include "run_identity.h"

#include <spdlog/spdlog.h>

#include <functional>

#include "run_folder.h"
#include "wrcor/config/config_loader.h"
#include "wrcor/config/proxy_choice.h"
#include "wrcor/config/settings.h"
#include "wrcor/core/error.h"
#include "wrcor/core/file.h"
#include "wrcor/core/json.h"
#include "wrcor/core/processor.h"
#include "wrcor/core/schema_version.h"
#include "wrcor/core/suggest.h"
#include "wrcor/core/version.h"
#include "wrcor/eval/device.h"
#include "wrcor/eval/scoring_revision.h"

namespace wrcor {
namespace {

using Json = nlohmann::ordered_json;

/// The settings that must stay the same, by section. Votes and "all" are expanded to their members,
/// which may change with the program.
Json lasting_settings(Config config) {
  const std::vector<std::string> proxies = effective_proxies(config);
  config.score.rank_by = ranking_rule(config).text();
  config.score.proxies = proxies;
  Json sections;
  for (const Setting& setting : settings()) {
    if (setting.bearing >= Bearing::search && setting.serves(Purpose::search))
      sections[setting.section()][setting.name()] = setting.get(config);
  }
  return sections;
}

/// "search.budget: the run has 3, asked for 4" for every member of two objects that differs.
void compare(const Json& found, const Json& asked, const std::string& section,
             std::vector<std::string>& differences) {
  for (const auto& [name, value] : asked.items()) {
    const auto member = found.find(name);
    const std::string has = member == found.end() ? "nothing" : member->dump();
    if (has != value.dump())
      differences.push_back(section + "." + name + ": the run has " + has + ", asked for " +
                            value.dump());
  }
}

std::string remedy(const std::filesystem::path& folder) {
  return ", or start it anew with --config " + in_quotes((folder / "config.json").string()) +
         " and another --out";
}

void require_same_settings(const Json& found, const Config& config, const Workbench& bench,
                           const std::string& quoted_folder, const std::string& journal) {
  std::vector<std::string> differences;
  const Json asked = lasting_settings(config);
  const Json has = lasting_settings(config_from_json(found.at("config"), journal));
  for (const auto& [section, values] : asked.items())
    compare(has.at(section), values, section, differences);
  Json batch = bench.batch;
  // In the first version the name of a data set determined its classes.
  if (!found.at("batch").contains("classes")) batch.erase("classes");
  compare(found.at("batch"), batch, "batch", differences);
  if (found.at("device") != bench.device_kind) {
    differences.push_back("device: the run has " + found.at("device").dump() + ", asked for \"" +
                          bench.device_kind + "\"");
  }
  if (differences.empty()) return;
  throw UsageError(quoted_folder + " holds another run (" + join(differences, "; ") +
                   "); resume it with its own settings, or choose another --out");
}

void require_same_scores(const Json& found, const std::filesystem::path& folder,
                         const std::string& quoted_folder) {
  const int revision = found.value("scoring_revision", 1);
  if (revision != scoring_revision) {
    throw UsageError(quoted_folder + " was begun with scoring revision " +
                     std::to_string(revision) + ", this program has " +
                     std::to_string(scoring_revision) +
                     ": some scores differ; resume it with wrcor " +
                     found.at("tool").at("version").get<std::string>() + remedy(folder));
  }
  const auto library = found.find("libtorch");
  if (library == found.end()) {
    spdlog::warn(
        "{} does not say with which libtorch it was begun; if it was not {}, scores differ "
        "in their last digits",
        quoted_folder, libtorch_version());
  } else if (*library != libtorch_version()) {
    throw UsageError(quoted_folder + " was begun with libtorch " + library->get<std::string>() +
                     ", this program has " + libtorch_version() +
                     ": scores differ in their last digits; resume it with a build on libtorch " +
                     library->get<std::string>() + remedy(folder));
  }
}

/// A BLAS is identified by its file name, which has its version; the folder does not matter.
std::string blas_name() { return std::filesystem::path(blas_library()).filename().string(); }

/// The components that compute the scores besides the program: they change the last digits, and the
/// user cannot always choose them. The kernels depend on the processor, unless the environment
/// overrides them (ATEN_CPU_CAPABILITY, OPENBLAS_CORETYPE).
Json computing_parts(const Workbench& bench) {
  return {{"processor", processor_name()},
          {"blas", blas_name()},
          {"kernels", computing_kernels()},
          {"at_once", bench.at_once}};
}

/// Journals of older programs do not record them.
void warn_of_other_parts(const Json& found, const Workbench& bench,
                         const std::string& quoted_folder) {
  std::vector<std::string> differences;
  const Json parts = computing_parts(bench);
  for (const auto& [name, present] : parts.items()) {
    const auto begun = found.find(name);
    if (begun != found.end() && *begun != present)
      differences.push_back(name + " " + begun->dump() + ", now " + present.dump());
  }
  if (differences.empty()) return;
  spdlog::warn(
      "{} was begun with {}: new scores may differ from those of its journal in their last "
      "digits",
      quoted_folder, join(differences, "; "));
}

}  // namespace

Json journal_header(const Config& config, const Workbench& bench) {
  return {{"schema_version", schema_version::journal},
          {"tool", {{"name", "wrcor"}, {"version", version}}},
          {"scoring_revision", scoring_revision},
          {"libtorch", libtorch_version()},
          {"device", bench.device_kind},
          {"processor", processor_name()},
          {"blas", blas_name()},
          {"kernels", computing_kernels()},
          {"at_once", bench.at_once},
          {"batch", bench.batch},
          {"config", lasting_settings(config)}};
}

namespace {

/// @throws Error; nlohmann::json::exception for anything but a configuration
bool has_lasting_settings(Json sections, const Config& config, const std::string& place) {
  sections.erase("schema_version");
  return lasting_settings(config_from_json(sections, place)) == lasting_settings(config);
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

void require_own_settings(const std::filesystem::path& config_file, const Config& config) {
  require_own(config_file, [&](const Json& document) {
    return has_lasting_settings(document, config, config_file.string());
  });
}

void require_own_result(const std::filesystem::path& result_file, const Config& config,
                        const Workbench& bench) {
  require_own(result_file, [&](const Json& document) {
    return document.at("ranking").is_array() &&
           document.at("batch").at("sha256") == bench.batch.at("sha256") &&
           has_lasting_settings(document.at("config"), config, result_file.string());
  });
}

void require_same_run(const Json& found, const Config& config, const Workbench& bench,
                      const std::filesystem::path& folder) {
  const std::string journal = (folder / "journal.jsonl").string() + ":1";
  const std::string quoted_folder = in_quotes(folder.string());
  read_schema_version(found, schema_version::journal, journal);
  try {
    require_same_settings(found, config, bench, quoted_folder, journal);
    require_same_scores(found, folder, quoted_folder);
    warn_of_other_parts(found, bench, quoted_folder);
  } catch (const Json::exception&) {
    throw DataError(journal + ": expected the header of a journal, found " +
                    in_quotes(found.dump()));
  }
}

}  // namespace wrcor
