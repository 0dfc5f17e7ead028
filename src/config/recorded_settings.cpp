#include "config/recorded_settings.h"

#include <spdlog/spdlog.h>

#include <utility>

#include "internal/config_environment.h"
#include "wrcor/core/error.h"
#include "wrcor/core/registry.h"

namespace wrcor {

void use_recorded_settings(ConfigSources& sources, std::filesystem::path config) {
  std::vector<std::string> ignored;
  for (const auto& [name, text] : std::exchange(sources.environment, {})) {
    std::vector<std::string> problems;
    if (!read_environment({{name, text}}, problems).empty() || !problems.empty())
      ignored.push_back(name);
  }
  if (!ignored.empty()) {
    spdlog::warn("{} {} not read: a run goes on with the settings in {}; options change them",
                 join(ignored, ", "), ignored.size() == 1 ? "is" : "are", config.string());
  }
  sources.file = std::move(config);
  sources.recorded = true;
}

}  // namespace wrcor
