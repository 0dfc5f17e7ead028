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
  /// The settings that it looks at: it is made when none of them is invalid. The first is blamed.
  std::vector<std::string> keys;
  std::function<void(const Config&)> check;  ///< @throws Error
  /// What is being set up makes it anyway: it is made early only to complete a report of other
  /// problems.
  bool costly = false;
};

/// Where a configuration comes from. A flag wins over the environment, the environment over the
/// file, the file over the defaults.
struct ConfigSources {
  std::optional<std::filesystem::path> file;  ///< YAML or JSON, told apart by content
  std::map<std::string, std::string> flags;   ///< setting key ("search.budget") -> text as given
  std::map<std::string, std::string> environment = process_environment();
  /// Defaults of one command where they differ from Config's: setting key -> text.
  std::map<std::string, std::string> defaults = {};
  /// What the machine has to have for the command.
  std::vector<ConfigCheck> checks = {};
  Purpose purpose = Purpose::search;  ///< that the command is for
  /// Replaces names that the machine decides on, such as the device "auto", by what it decides.
  std::function<void(Config&)> resolve = {};
  /// The file is the record of a run, with all settings that were in force there.
  bool recorded = false;
  /// Settings that the command takes: what others do is not its business. Empty: all.
  std::set<std::string> taken = {};
  /// Settings without effect in this call of the command, whose flags are errors: key -> reason,
  /// words that follow "because".
  std::map<std::string, std::string> unused = {};
  /// Settings that the command uses whatever the other settings are.
  std::set<std::string> used = {};
};

/// Merges and checks the sources. A value without effect is an error: the value of a flag, of a
/// variable, and of a file unless it is the setting's default or the program wrote the file, with
/// all settings that were in force. A variable that is set but empty counts as not set. A variable
/// whose name is near to that of a setting, or begins as one does, is an error; any other WRCOR_*
/// that is unknown is warned of.
/// @throws UsageError with one line for each problem of any source:
///   "configs/my.yaml:12: search.budget: expected an integer from 1 to 1000000000, got -5",
///   "WRCOR_SEARCH_BUDGET: expected ..., got 'abc'", "--budget: expected ..., got 'abc'".
Config load_config(const ConfigSources& sources);

/// All effective values for a purpose by section; an optional value that is unset is null, and so
/// is data.batch_size where a batch file fixes it. load_config() reads the text back to equal
/// values, as the record of a run if settings are without effect.
nlohmann::ordered_json to_json(const Config& config, Purpose purpose = Purpose::search);

/// to_json() without the values that never change a result, and with the last names of paths only:
/// what lies before them is of the machine.
nlohmann::ordered_json result_config(const Config& config, Purpose purpose = Purpose::search);

/// The same configuration wherever the program is started: paths that are relative to the present
/// working directory become absolute.
Config with_absolute_paths(Config config);

/// The text of config.json: to_json() with the version of its schema.
std::string config_document(const Config& config, Purpose purpose = Purpose::search);

/// Reads what to_json() wrote, in this or an older version of the program: a setting that is not
/// there has its default. @throws DataError naming a key that is unknown or has an invalid value
/// @param place  of the values, for messages
Config config_from_json(const nlohmann::ordered_json& sections, const std::string& place);

}  // namespace wrcor
