#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "wrcor/run/config.h"

namespace wrcor {

/// Value of an environment variable, or null when it is not set.
const char* process_environment(const char* name);

/// Where a configuration comes from. A flag wins over the environment, the environment over the
/// file, the file over the defaults.
struct ConfigSources {
  std::optional<std::filesystem::path> file;  ///< YAML or JSON, told apart by content
  std::map<std::string, std::string> flags;   ///< setting key ("search.budget") -> text as given
  std::function<const char*(const char*)> environment = process_environment;
  /// Defaults of one command where they differ from Config's: setting key -> text.
  std::map<std::string, std::string> defaults = {};
};

/// Merges and checks the sources. A variable that is set but empty counts as not set.
/// @throws UsageError with one line for each problem of any source:
///   "configs/my.yaml:12: search.budget: expected an integer from 1 to 1000000000, got -5",
///   "WRCOR_SEARCH_BUDGET: expected ..., got 'abc'", "--budget: expected ..., got 'abc'".
Config load_config(const ConfigSources& sources);

/// All effective values by section; an optional value that is
/// unset is null, and so is data.batch_size where a batch file
/// fixes it. load_config() reads the text back to an equal Config.
nlohmann::ordered_json to_json(const Config& config);

/// to_json() without the values that never change a result.
nlohmann::ordered_json result_config(const Config& config);

}  // namespace wrcor
