#include "wrcor/config/config_loader.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <stdexcept>

#include "core/schema_version.h"
#include "core/utf8.h"
#include "internal/config_environment.h"
#include "internal/config_file.h"
#include "internal/idle_settings.h"
#include "space/definition.h"
#include "space/space_section.h"
#include "wrcor/config/settings.h"
#include "wrcor/core/error.h"
#include "wrcor/core/registry.h"
#include "wrcor/search/builtin.h"

namespace wrcor {
namespace {

using nlohmann::json;

/// Sources in increasing order of precedence.
enum class Source { none, file, environment, flag };

struct Origin {
  Source source = Source::none;
  std::string place;
  json value;
  bool intended = false;  ///< the user asked for this value, rather than left it as it is
};

std::string shown(const json& value) {
  return value.is_string() ? in_quotes(value.get<std::string>()) : value.dump();
}

bool keeps_population_without_tournament(const std::string& strategy) {
  const auto reads = [&](const std::string& option) {
    const std::vector<std::string> readers = strategies_with(option);
    return std::ranges::find(readers, strategy) != readers.end();
  };
  return reads("population") && !reads("tournament");
}

/// The effective value of each setting that any source gave, its origin, and all errors.
class MergedConfig {
 public:
  void take(std::vector<FoundValue> values, Source source) {
    for (FoundValue& found : values) {
      if (!found.valid) {
        invalid_.insert(found.setting->key);
        continue;
      }
      // Null means the command's own default, if it has one.
      if (source == Source::none) own_defaults_.insert(found.setting->key);
      if (found.value.is_null() && own_defaults_.contains(found.setting->key)) continue;
      found.setting->set(config_, found.value);
      // An unset value is equivalent to one that was not given.
      const bool given = !found.value.is_null() && found.value != "";
      const bool intended =
          given && source != Source::none && !found.recorded &&
          (source != Source::file || found.value != found.setting->default_value());
      origins_[found.setting->key] = {given ? source : Source::none, std::move(found.place),
                                      std::move(found.value), intended};
    }
  }

  /// Errors in the sources; take() appends to them while it reads.
  std::vector<std::string>& problems() { return problems_; }

  /// Runs the checks that concern more than one setting, and those of the command.
  /// @throws UsageError with all problems, if any
  Config checked(const ConfigSources& sources) {
    const std::vector<ConfigCheck>& checks = sources.checks;
    choose_strategy();
    read_space_file();
    check_space_options();
    if (invalid_.empty()) check_effects(sources);
    check_evolution();
    check_refinement();
    check_parameters();
    check_sizes();
    for (const ConfigCheck& check : checks) {
      if (!check.costly) make(check);
    }
    for (const ConfigCheck& check : checks) {
      if (check.costly && !problems_.empty()) make(check);
    }
    if (!problems_.empty()) throw UsageError(problems_);
    return config_;
  }

 private:
  void check_effects(const ConfigSources& sources) {
    Config resolved = config_;
    if (sources.resolve) sources.resolve(resolved);
    for (const auto& [key, origin] : origins_) {
      const bool taken = sources.taken.empty() || sources.taken.contains(key);
      if (!origin.intended || !taken) continue;
      const Setting& setting = *find_setting(key);
      // A variable may set something that never changes a result, such as whether to download, for
      // everything that runs on a machine.
      if (origin.source == Source::environment && setting.scope == Scope::nothing) continue;
      const auto unused = sources.unused.find(key);
      std::string reason;
      if (origin.source == Source::flag && unused != sources.unused.end()) {
        reason = unused->second;
      } else if (!sources.used.contains(key)) {
        reason = idle_reason(setting, resolved, sources.purpose);
      }
      if (!reason.empty()) report(key, "has no effect, because " + reason + "; leave it out");
    }
  }

  /// Several objectives have their own strategy, which is used unless the user chose one.
  void choose_strategy() {
    if (!config_.search.minimize.empty() && origins_["search.strategy"].source == Source::none)
      config_.search.strategy = "nsga2";
  }

  /// Where the space is the name of a file, the space that it defines.
  void read_space_file() {
    SpaceChoice& space = config_.space;
    if (!valid({"space.name"}) || !space.definition.is_null() || !names_definition_file(space.name))
      return;
    const std::size_t problems_before = problems_.size();
    const std::string file = space.name;
    std::string text;
    if (const std::string problem = read_yaml_file(file, text); problem.empty()) {
      space.definition = read_space_definition(text, file, problems_);
    } else {
      report("space.name", in_quotes(file) + " " + problem);
    }
    if (problems_.size() > problems_before) {
      space.definition = nullptr;
      invalid_.insert("space.name");
    } else {
      space.name = space.definition.at("name").get<std::string>();
    }
  }

  /// Checks options against the limits of the chosen space; the limits of a setting span all
  /// spaces.
  void check_space_options() {
    if (!valid({"space.name"})) return;
    for (const auto& [name, value] : config_.space.options) {
      const std::string key = "space." + name;
      try {
        (void)require_option(config_.space, name, value);
      } catch (const UsageError& error) {
        report(key, error.what());
        invalid_.insert(key);
      }
    }
  }

  void check_evolution() {
    const auto tournament = find_setting("search.tournament")->get(config_);
    const auto population = find_setting("search.population")->get(config_);
    if (!valid({"search.tournament", "search.population"}) || tournament <= population ||
        keeps_population_without_tournament(config_.search.strategy))
      return;
    report("search.tournament", "expected at most search.population (" + population.dump() +
                                    "), got " + tournament.dump());
  }

  void check_refinement() {
    if (!valid({"search.refine", "score.repeats"}) || !config_.search.refine ||
        config_.score.repeats > 1)
      return;
    report("search.refine",
           "expected score.repeats of at least 2, which the best architectures are scored with, "
           "got 1");
  }

  void check_parameters() {
    const auto &least = config_.constraints.min_params, &most = config_.constraints.max_params;
    if (!valid({"constraints.min_params", "constraints.max_params"}) || !least || !most ||
        *least <= *most)
      return;
    report("constraints.min_params", "expected at most constraints.max_params (" +
                                         std::to_string(*most) + "), got " +
                                         std::to_string(*least));
  }

  /// A size from a source of lower precedence is not intended for the batch file and is ignored.
  void check_sizes() {
    const std::string& file = config_.data.batch_file;
    if (file.empty()) return;
    for (const char* key : {"data.batch_size", "data.image_size"}) {
      const Setting* setting = find_setting(key);
      const Origin& size = origins_[key];
      if (valid({key, "data.batch_file"}) && size.source != Source::none &&
          size.source >= origins_["data.batch_file"].source) {
        report(key, "cannot be given together with data.batch_file, which fixes it; got " +
                        shown(size.value) + " and " + in_quotes(file));
      }
      setting->set(config_, setting->default_value());
    }
  }

  void make(const ConfigCheck& check) {
    if (!valid(check.keys)) return;
    try {
      check.check(config_);
    } catch (const Error& error) {
      report(check.keys.front(), error.what());
    }
  }

  /// Values that are invalid themselves are not compared with others.
  bool valid(const std::vector<std::string>& keys) const {
    return std::none_of(keys.begin(), keys.end(),
                        [this](const auto& key) { return invalid_.contains(key); });
  }

  void report(const std::string& key, const std::string& problem) {
    const auto found = origins_.find(key);
    const std::string& place = found == origins_.end() ? key : found->second.place;
    problems_.push_back(place + ": " + problem);
  }

  Config config_;
  std::vector<std::string> problems_;
  std::set<std::string> invalid_;       ///< keys with an error
  std::set<std::string> own_defaults_;  ///< keys with a default of the command
  std::map<std::string, Origin> origins_;
};

/// "batch.pt" of "/data/batch.pt", "images" of "images/".
std::string last_name(const std::filesystem::path& path) {
  return (path.has_filename() ? path : path.parent_path()).filename().string();
}

}  // namespace

Config load_config(const ConfigSources& sources) {
  MergedConfig merged;
  std::vector<FoundValue> defaults;
  for (const auto& [key, text] : sources.defaults)
    defaults.push_back(found_value(*find_setting(key), key, text, merged.problems()));
  merged.take(std::move(defaults), Source::none);
  if (sources.file) {
    const std::size_t problems_before = merged.problems().size();
    std::vector<FoundValue> values = read_config_file(*sources.file, merged.problems());
    // Correct YAML, but seldom what the user meant: perhaps the file was never filled in.
    if (values.empty() && merged.problems().size() == problems_before)
      spdlog::warn("{}: the file has no settings", sources.file->string());
    for (FoundValue& value : values) value.recorded = value.recorded || sources.recorded;
    merged.take(std::move(values), Source::file);
  }
  merged.take(read_environment(sources.environment, merged.problems()), Source::environment);
  std::vector<FoundValue> flags;
  for (const auto& [key, text] : sources.flags) {
    const Setting* setting = find_setting(key);
    if (setting == nullptr) throw std::logic_error("no setting has the key " + key);
    const bool negated = !setting->negative_flag.empty() && text == "false";
    flags.push_back(found_value(*setting, negated ? setting->negative_flag : setting->flag, text,
                                merged.problems()));
  }
  merged.take(std::move(flags), Source::flag);
  return merged.checked(sources);
}

nlohmann::ordered_json to_json(const Config& config, Purpose purpose) {
  nlohmann::ordered_json document;
  for (const Setting& setting : settings()) {
    if (!setting.serves(purpose) || !setting.belongs_to(config)) continue;
    document[setting.section()][setting.name()] = setting.get(config);
  }
  add_space_definition(document, config);
  return document;
}

void add_space_definition(nlohmann::ordered_json& sections, const Config& config) {
  if (!config.space.definition.is_null()) sections["space"]["definition"] = config.space.definition;
}

nlohmann::ordered_json result_config(const Config& config, Purpose purpose) {
  nlohmann::ordered_json document;
  for (const Setting& setting : settings()) {
    if (setting.scope == Scope::nothing || !setting.serves(purpose) || !setting.belongs_to(config))
      continue;
    auto& value = document[setting.section()][setting.recorded_name()];
    value = setting.get(config);
    if (setting.is_path) value = last_name(value.get<std::string>());
  }
  add_space_definition(document, config);
  return document;
}

Config with_absolute_paths(Config config) {
  for (const Setting& setting : settings()) {
    if (!setting.is_path) continue;
    const auto given = setting.get(config).get<std::string>();
    if (given.empty()) continue;
    const std::string path = std::filesystem::absolute(given).string();
    if (!is_utf8(path)) {
      throw UsageError(setting.key + ": config.json must name " + in_quotes(path) +
                       ", which is not UTF-8; rename the folder, or work in another one");
    }
    setting.set(config, path);
  }
  return config;
}

std::string config_document(const Config& config, Purpose purpose) {
  nlohmann::ordered_json document{{"schema_version", schema_version::config}};
  document.update(to_json(config, purpose));
  return document.dump(2) + "\n";
}

SpaceChoice space_from_json(const nlohmann::ordered_json& section, const std::string& place) {
  SpaceChoice space;
  if (const auto name = section.find("name"); name != section.end())
    space.name = name->get<std::string>();
  const auto definition = section.find("definition");
  if (definition == section.end()) return space;
  std::vector<std::string> problems;
  const std::string text = nlohmann::ordered_json{{"space", *definition}}.dump();
  space.definition = read_space_definition(text, place + ": the definition of the space", problems);
  if (problems.empty() && space.definition.at("name") != space.name)
    problems.push_back(place + ": the definition is not that of the space " +
                       in_quotes(space.name));
  if (!problems.empty()) throw DataError(problems.front());
  return space;
}

Config config_from_json(const nlohmann::ordered_json& sections, const std::string& place) {
  Config config;
  if (const auto space = sections.find("space"); space != sections.end())
    config.space = space_from_json(*space, place);
  const bool is_defined = !config.space.definition.is_null();
  for (const auto& [section, values] : sections.items()) {
    for (const auto& [name, value] : values.items()) {
      if (is_defined && section == "space" && (name == "name" || name == "definition")) continue;
      const std::string key = section + "." + name;
      const Setting* setting = find_setting(key);
      if (setting == nullptr) {
        throw DataError(place + ": this program has no setting " + in_quotes(key) +
                        "; a newer one wrote this: update wrcor");
      }
      ReadValue read = read_value(*setting, value);
      if (!read.problem.empty()) throw DataError(place + ": " + key + ": " + read.problem);
      setting->set(config, read.value);
    }
  }
  return config;
}

}  // namespace wrcor
