#pragma once

#include <map>
#include <string>
#include <vector>

#include "config_file.h"

namespace wrcor {

/// The settings among environment variables. What is wrong with them is appended to `problems`, one
/// line each; a variable that resembles no setting is warned of.
std::vector<FoundValue> read_environment(const std::map<std::string, std::string>& variables,
                                         std::vector<std::string>& problems);

/// The value that a text gives a setting, from a place such as "--budget". What is wrong with it is
/// appended to `problems`.
FoundValue found_value(const Setting& setting, const std::string& place, const std::string& text,
                       std::vector<std::string>& problems);

}  // namespace wrcor
