#include "internal/config_environment.h"

#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>
#include <string_view>

#include "wrcor/config/config_loader.h"
#include "wrcor/core/registry.h"

namespace wrcor {
namespace {

constexpr std::string_view prefix = "WRCOR_";

const Setting* setting_of(const std::string& variable) {
  const auto& all = settings();
  const auto found = std::find_if(all.begin(), all.end(), [&](const Setting& setting) {
    return setting.environment_name() == variable || setting.former_environment_name() == variable;
  });
  return found == all.end() ? nullptr : &*found;
}

/// "WRCOR_SEARCH_"
std::string section_prefix(const Setting& setting) {
  return setting.environment_name().substr(0, prefix.size() + setting.section().size() + 1);
}

/// The variable that was probably meant, misspelt or without its section; otherwise an empty text.
/// The comparison ignores WRCOR_, which would make short names similar.
std::string suggestion(const std::string& variable) {
  const std::string given = variable.substr(prefix.size());
  std::vector<std::string> candidates;
  for (const Setting& setting : settings()) {
    const std::string name = setting.environment_name();
    if (name == section_prefix(setting) + given) return name;
    candidates.push_back(name.substr(prefix.size()));
  }
  const std::string nearest = nearest_name(given, candidates);
  return nearest.empty() ? "" : std::string(prefix) + nearest;
}

/// Whether a variable begins like those of a section.
bool names_section(const std::string& variable) {
  const auto& all = settings();
  return std::any_of(all.begin(), all.end(), [&](const Setting& setting) {
    return variable.starts_with(section_prefix(setting));
  });
}

/// Handles a variable that starts with WRCOR_ but belongs to no setting.
void judge_unknown(const std::string& variable, const std::string& text,
                   std::vector<std::string>& problems) {
  if (variable == "WRCOR_DATA") return;            // the cache folder, see cache_folder.h
  if (variable == "WRCOR_QUEUE_PASSWORD") return;  // see queue_address.h
  const std::string meant = suggestion(variable);
  if (meant.empty() && !names_section(variable)) {
    spdlog::warn("{}: no such variable; it is ignored (wrcor search --help lists those there are)",
                 variable);
    return;
  }
  problems.push_back(variable + ": unknown variable" +
                     (meant.empty() ? "" : " (did you mean '" + meant + "'?)") + ", got " +
                     in_quotes(text) + "; correct its name, or unset it");
}

}  // namespace

std::map<std::string, std::string> process_environment() {
  std::map<std::string, std::string> variables;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const std::size_t sign = text.find('=');
    if (text.starts_with(prefix) && sign != text.npos)
      variables.emplace(text.substr(0, sign), text.substr(sign + 1));
  }
  return variables;
}

FoundValue found_value(const Setting& setting, const std::string& place, const std::string& text,
                       std::vector<std::string>& problems) {
  ReadValue read = read_text(setting, text);
  if (read.problem.empty()) return {&setting, std::move(read.value), place};
  problems.push_back(place + ": " + read.problem);
  return {&setting, nullptr, place, /*valid=*/false};
}

std::vector<FoundValue> read_environment(const std::map<std::string, std::string>& variables,
                                         std::vector<std::string>& problems) {
  std::vector<FoundValue> values;
  for (const auto& [name, text] : variables) {
    if (!name.starts_with(prefix) || text.empty()) continue;
    if (const Setting* setting = setting_of(name)) {
      values.push_back(found_value(*setting, name, text, problems));
    } else {
      judge_unknown(name, text, problems);
    }
  }
  return values;
}

}  // namespace wrcor
