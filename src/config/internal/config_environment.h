#pragma once

#include <map>
#include <string>
#include <vector>

#include "config_file.h"

namespace wrcor {

/// The settings among environment variables. Errors are appended to `problems`, one line each; a
/// variable that resembles no setting causes a warning.
std::vector<FoundValue> read_environment(const std::map<std::string, std::string>& variables,
                                         std::vector<std::string>& problems);

/// The value of a setting from a text at a place such as "--budget". An error is appended to
/// `problems`.
FoundValue found_value(const Setting& setting, const std::string& place, const std::string& text,
                       std::vector<std::string>& problems);

}  // namespace wrcor
