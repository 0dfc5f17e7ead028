#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "wrcor/config/config.h"
#include "wrcor/config/settings.h"

namespace wrcor {

/// The variables of the process's environment that start with WRCOR_, by name.
std::map<std::string, std::string> process_environment();

/// A check of values that are valid by themselves.
struct ConfigCheck {
  /// The settings that it reads: it runs if none of them is invalid. An error names the first.
  std::vector<std::string> keys;
  std::function<void(const Config&)> check;  ///< @throws Error
  /// The set-up of the run makes the same check, so it runs early only to complete a report of
  /// other problems.
  bool costly = false;
};

/// The sources of a configuration. A flag overrides the environment, the environment the file, the
/// file the defaults.
struct ConfigSources {
  std::optional<std::filesystem::path> file;  ///< YAML or JSON, distinguished by content
  std::map<std::string, std::string> flags;   ///< setting key ("search.budget") -> text as given
  std::map<std::string, std::string> environment = process_environment();
  /// Defaults of one command that differ from Config's: setting key -> text.
  std::map<std::string, std::string> defaults = {};
  /// Requirements of the command on the machine.
  std::vector<ConfigCheck> checks = {};
  Purpose purpose = Purpose::search;  ///< of the command
  /// Replaces names whose meaning depends on the machine, such as the device "auto".
  std::function<void(Config&)> resolve = {};
  /// The file is the record of a run, with all its effective settings.
  bool recorded = false;
  /// Settings that the command accepts; others are not checked. Empty: all.
  std::set<std::string> taken = {};
  /// Settings without effect in this call of the command, whose flags are errors: key -> reason, as
  /// words that follow "because".
  std::map<std::string, std::string> unused = {};
  /// Settings that the command uses regardless of the others.
  std::set<std::string> used = {};
};

/// Merges and checks the sources. A value without effect is an error if it is from a flag or a
/// variable, or from a file unless it is the setting's default or the program wrote the file as the
/// record of a run. A variable that is set but empty counts as unset. An unknown variable whose
/// name is similar to that of a setting, or begins like one, is an error; any other unknown WRCOR_*
/// causes a warning.
/// @throws UsageError with one line for each problem of any source:
///   "configs/my.yaml:12: search.budget: expected an integer from 1 to 1000000000, got -5",
///   "WRCOR_SEARCH_BUDGET: expected ..., got 'abc'", "--budget: expected ..., got 'abc'".
Config load_config(const ConfigSources& sources);

/// All effective values for a purpose by section; an unset optional value is null, and so is
/// data.batch_size if a batch file fixes it. load_config() reads the text back to equal values (as
/// the record of a run if some settings have no effect).
nlohmann::ordered_json to_json(const Config& config, Purpose purpose = Purpose::search);

/// to_json() without the values that never change a result, and with only the last components of
/// paths: the rest depends on the machine.
nlohmann::ordered_json result_config(const Config& config, Purpose purpose = Purpose::search);

/// A configuration that is independent of the working directory: relative paths become absolute.
Config with_absolute_paths(Config config);

/// The text of config.json: to_json() with the version of its schema.
std::string config_document(const Config& config, Purpose purpose = Purpose::search);

/// Adds the definition of a space that its user defines, where the space has one, to settings by
/// section.
void add_space_definition(nlohmann::ordered_json& sections, const Config& config);

/// The space of settings by section, without its options.
/// @param section  the section `space`
/// @throws DataError for an invalid definition; nlohmann::json::exception
SpaceChoice space_from_json(const nlohmann::ordered_json& section, const std::string& place);

/// Reads what to_json() wrote, in this or an older version of the program: a missing setting has
/// its default. @throws DataError naming a key that is unknown or has an invalid value
/// @param place  of the values, for messages
Config config_from_json(const nlohmann::ordered_json& sections, const std::string& place);

}  // namespace wrcor
