#pragma once

#include <filesystem>
#include <map>
#include <string>

namespace wrcor {

/// Warns of environment variables that would change a run that continues. Such a run takes its
/// settings only from its record and from options. Reported are variables of settings with another
/// value than in the record, and variables that resemble one.
/// @param config  the record
/// @throws UsageError for a file that cannot be read
void warn_of_unread_variables(const std::map<std::string, std::string>& environment,
                              const std::filesystem::path& config);

}  // namespace wrcor
