#include <algorithm>
#include "config/internal/sections.h"
#include "config/internal/setting_makers.h"
#include "space/space_section.h"
#include "wrcor/core/registry.h"
#include "wrcor/space/builtin.h"

namespace wrcor {

using namespace setting_makers;

namespace {

/// Options that have a flag of their own.
constexpr std::string_view options_with_flags[] = {"channels", "cells"};

Setting space_option(const SpaceOption& option) {
  const std::string name = option.name;
  const bool has_flag = std::ranges::find(options_with_flags, name) != std::end(options_with_flags);
  Setting setting;
  setting.key = "space." + name;
  setting.flag = (has_flag ? "--" : "--space-option ") + name;
  setting.type = SettingType::integer;
  setting.description = option.summary;
  setting.minimum = static_cast<std::uint64_t>(option.least);
  setting.maximum = static_cast<std::uint64_t>(option.most);
  setting.optional = true;
  setting.is_space_option = true;
  setting.get = [name](const Config& config) { return to_value(config.space.option(name)); };
  setting.set = [name](Config& config, const json& value) {
    if (value.is_null()) {
      config.space.options.erase(name);
    } else {
      config.space.options[name] = value.get<std::int64_t>();
    }
  };
  return setting;
}

/// The options of all spaces, each once. Whether the chosen space has an option, and within which
/// limits, is checked when all settings are known.
std::vector<Setting> space_options() {
  std::vector<Setting> all;
  for (const auto& space : spaces().entries()) {
    for (const SpaceOption& option : space.value.options) {
      const auto known = std::ranges::find(all, "space." + option.name, &Setting::key);
      if (known == all.end()) {
        all.push_back(space_option(option));
        continue;
      }
      known->minimum = std::min(known->minimum, static_cast<std::uint64_t>(option.least));
      known->maximum = std::max(known->maximum, static_cast<std::uint64_t>(option.most));
    }
  }
  for (Setting& setting : all) {
    std::vector<std::string> fallbacks;
    for (const auto& space : spaces().entries()) {
      if (const SpaceOption* option = space.value.find_option(setting.name()))
        fallbacks.push_back(std::to_string(option->fallback) + " for " + space.name);
    }
    setting.description += "; unset: " + join(fallbacks);
  }
  return all;
}

/// A name chooses a space, whatever chose one before.
Setting space_name() {
  Setting setting =
      name(MEMBER(space.name), "--space", {"space", "spaces", [] { return spaces().names(); }},
           "search space, or a file that defines one");
  setting.also = "a file that ends in .yaml, .yml or .json";
  setting.is_also = names_definition_file;
  setting.set = [](Config& config, const json& value) {
    config.space.name = value.get<std::string>();
    config.space.definition = nullptr;
  };
  return setting;
}

}  // namespace

Setting make_space_definition() {
  Setting setting = space_name();
  setting.get = [](const Config& config) -> json {
    const auto& definition = config.space.definition;
    return definition.is_null() ? json(nullptr) : json(definition.dump());
  };
  setting.set = [](Config& config, const json& value) {
    config.space.definition = nlohmann::ordered_json::parse(value.get<std::string>());
    config.space.name = config.space.definition.at("name").get<std::string>();
  };
  return setting;
}

std::vector<Setting> space_settings() {
  std::vector<Setting> all = {space_name()};
  for (Setting& option : space_options()) all.push_back(std::move(option));
  return all;
}

}  // namespace wrcor
