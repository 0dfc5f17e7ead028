#include "config/unread_variables.h"

#include <spdlog/spdlog.h>

#include <algorithm>

#include "internal/config_environment.h"
#include "internal/config_file.h"
#include "wrcor/core/registry.h"

namespace wrcor {

void warn_of_unread_variables(const std::map<std::string, std::string>& environment,
                              const std::filesystem::path& config) {
  std::vector<std::string> problems;  // of the record, which are reported when it is loaded
  std::map<const Setting*, nlohmann::json> recorded;
  for (FoundValue& found : read_config_file(config, problems))
    recorded[found.setting] = std::move(found.value);

  const auto is_recorded = [&](const FoundValue& found) {
    const auto known = recorded.find(found.setting);
    return known != recorded.end() && known->second == found.value;
  };
  std::vector<std::string> unread;
  for (const auto& [name, text] : environment) {
    problems.clear();
    const std::vector<FoundValue> values = read_environment({{name, text}}, problems);
    if (!problems.empty() || !std::ranges::all_of(values, is_recorded)) unread.push_back(name);
  }
  if (unread.empty()) return;
  spdlog::warn("{} {} not read: a run goes on with the settings in {}; options change them",
               join(unread), unread.size() == 1 ? "is" : "are", config.string());
}

}  // namespace wrcor
