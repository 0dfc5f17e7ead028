#pragma once

#include <functional>
#include <string>

#include <nlohmann/json.hpp>

#include "wrcor/config/settings.h"

namespace wrcor {

/// JSON Schema (draft-07) of the configuration files.
nlohmann::ordered_json config_schema();

/// JSON Schema of settings as to_json(Config) writes them: all of those chosen, and no others.
nlohmann::ordered_json written_settings_schema(const std::function<bool(const Setting&)>& chosen);

/// The same of settings as result_config() writes them.
nlohmann::ordered_json result_settings_schema(Purpose purpose);

/// A YAML file with every setting at its default, each with a comment.
std::string commented_config();

}  // namespace wrcor
