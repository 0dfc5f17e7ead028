#include "config/unread_variables.h"

#include <spdlog/spdlog.h>

#include "internal/config_environment.h"
#include "wrcor/core/registry.h"

namespace wrcor {

void warn_of_unread_variables(const ConfigSources& sources, const std::filesystem::path& config) {
  std::vector<std::string> unread;
  for (const auto& [name, text] : sources.environment) {
    std::vector<std::string> problems;
    if (!read_environment({{name, text}}, problems).empty() || !problems.empty())
      unread.push_back(name);
  }
  if (unread.empty()) return;
  spdlog::warn("{} {} not read: a run goes on with the settings in {}; options change them",
               join(unread), unread.size() == 1 ? "is" : "are", config.string());
}

}  // namespace wrcor
