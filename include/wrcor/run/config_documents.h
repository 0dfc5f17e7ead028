#pragma once

#include <string>

namespace wrcor {

/// JSON Schema (draft 2020-12) of the configuration files.
std::string config_schema();

/// A YAML file with every setting at its default, each with a comment.
std::string commented_config();

}  // namespace wrcor
