#pragma once

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "wrcor/config/settings.h"

/// Makes settings from members of Config. The files of the sections are written with these
/// functions.
namespace wrcor::setting_makers {

using nlohmann::json;

template <typename T>
json to_value(const T& member) {
  return member;
}
template <typename T>
json to_value(const std::optional<T>& member) {
  return member ? json(*member) : json(nullptr);
}

template <typename T>
void from_value(const json& value, T& member) {
  member = value.get<T>();
}
template <typename T>
void from_value(const json& value, std::optional<T>& member) {
  member = value.is_null() ? std::nullopt : std::optional<T>(value.get<T>());
}

template <typename T>
constexpr bool is_optional = false;
template <typename T>
constexpr bool is_optional<std::optional<T>> = true;

/// What most settings of a section affect.
inline Scope usual_scope(const std::string& section) {
  if (section == "data") return Scope::source;
  if (section == "search" || section == "constraints") return Scope::search;
  return Scope::scores;
}

/// @param member  callable that takes a Config, const or not, to the member that holds the value
template <typename Member>
Setting make_setting(SettingType type, const char* key, Member member, const char* flag,
                     const char* description) {
  using Value = std::remove_cvref_t<decltype(member(std::declval<Config&>()))>;
  Setting setting;
  setting.key = key;
  setting.flag = flag;
  setting.type = type;
  setting.description = description;
  setting.optional = is_optional<Value>;
  setting.scope = usual_scope(setting.section());
  if constexpr (!std::is_enum_v<Value>) {
    setting.get = [member](const Config& config) { return to_value(member(config)); };
    setting.set = [member](Config& config, const json& value) {
      from_value(value, member(config));
    };
  }
  return setting;
}

template <typename Member>
Setting integer(const char* key, Member member, const char* flag, std::uint64_t minimum,
                std::uint64_t maximum, const char* description) {
  Setting setting = make_setting(SettingType::integer, key, member, flag, description);
  setting.minimum = minimum;
  setting.maximum = maximum;
  return setting;
}

template <typename Member>
Setting number_above_0(const char* key, Member member, const char* flag, double largest,
                       const char* description) {
  Setting setting = make_setting(SettingType::number, key, member, flag, description);
  setting.largest = largest;
  return setting;
}

template <typename Member>
Setting number_from_0(const char* key, Member member, const char* flag, double largest,
                      const char* description) {
  Setting setting = number_above_0(key, member, flag, largest, description);
  setting.may_be_zero = true;
  return setting;
}

template <typename Member>
Setting boolean(const char* key, Member member, const char* flag, const char* negative_flag,
                const char* description) {
  Setting setting = make_setting(SettingType::boolean, key, member, flag, description);
  setting.negative_flag = negative_flag;
  return setting;
}

template <typename Member>
Setting text(const char* key, Member member, const char* flag, const char* placeholder,
             const char* description) {
  Setting setting = make_setting(SettingType::text, key, member, flag, description);
  setting.placeholder = placeholder;
  return setting;
}

template <typename Member>
Setting path(const char* key, Member member, const char* flag, const char* placeholder,
             const char* description) {
  Setting setting = text(key, member, flag, placeholder, description);
  setting.is_path = true;
  return setting;
}

template <typename Member>
Setting name(const char* key, Member member, const char* flag, SettingChoices choices,
             const char* description) {
  Setting setting = make_setting(SettingType::text, key, member, flag, description);
  setting.choices = std::move(choices);
  return setting;
}

template <typename Member>
Setting names(const char* key, Member member, const char* flag, SettingChoices choices,
              const char* description) {
  Setting setting = make_setting(SettingType::text_list, key, member, flag, description);
  setting.choices = std::move(choices);
  return setting;
}

template <typename Enum>
using NamedValues = std::vector<std::pair<std::string, Enum>>;

/// A text with one name for each value of an enumeration.
template <typename Member, typename Enum>
Setting named_value(const char* key, Member member, const char* flag, const char* singular,
                    const char* plural, NamedValues<Enum> values, const char* description) {
  Setting setting = make_setting(SettingType::text, key, member, flag, description);
  setting.choices = SettingChoices{singular, plural, [values] {
                                     std::vector<std::string> all;
                                     for (const auto& entry : values) all.push_back(entry.first);
                                     return all;
                                   }};
  setting.get = [member, values](const Config& config) -> json {
    for (const auto& [value_name, value] : values) {
      if (value == member(config)) return value_name;
    }
    throw std::logic_error("an enumeration has a value without a name");
  };
  setting.set = [member, values](Config& config, const json& given) {
    for (const auto& [value_name, value] : values) {
      if (given == json(value_name)) member(config) = value;
    }
  };
  return setting;
}

inline Setting with_scope(Scope scope, Setting setting) {
  setting.scope = scope;
  return setting;
}

// The key of a setting is the path of its member in Config.
#define MEMBER(path) \
#path, [](auto& config) -> auto& { return config.path; }

}  // namespace wrcor::setting_makers
