// Validation of the values of settings, and the messages about invalid ones.
#include <algorithm>
#include <cmath>
#include <regex>

#include "core/typed_scalar.h"
#include "core/utf8.h"
#include "wrcor/config/settings.h"
#include "wrcor/core/registry.h"

namespace wrcor {
namespace {

using nlohmann::json;

std::string plain_decimal(double value) {
  return std::abs(value) < 1e15 && value == std::floor(value)
             ? std::to_string(static_cast<std::int64_t>(value))
             : json(value).dump();
}

std::string expectation(const Setting& setting, std::string_view unset_word) {
  std::string text;
  switch (setting.type) {
    case SettingType::integer:
      text = "an integer from " + std::to_string(setting.minimum) + " to " +
             std::to_string(setting.maximum);
      break;
    case SettingType::number:
      text = setting.may_be_zero ? "a number from 0 to " + plain_decimal(setting.largest)
                                 : "a number above 0, at most " + plain_decimal(setting.largest);
      break;
    case SettingType::boolean:
      text = "true or false";
      break;
    case SettingType::text:
      text = setting.choices ? "one of " + join(setting.choices->names()) +
                                   (setting.also.empty() ? "" : ", " + setting.also)
             : !setting.pattern.empty() ? setting.pattern_words
                                        : "text";
      break;
    case SettingType::text_list:
      text = "a list of " + (setting.choices ? setting.choices->plural : "texts");
      break;
  }
  if (!setting.zero_name.empty()) text += " or " + setting.zero_name;
  if (setting.optional) text += " or " + std::string(unset_word);
  return text;
}

bool in_range(const Setting& setting, const json& value) {
  if (!value.is_number_integer()) return false;
  if (!value.is_number_unsigned() && value.get<std::int64_t>() < 0) return false;
  const auto number = value.get<std::uint64_t>();
  return number >= setting.minimum && number <= setting.maximum;
}

/// @return a message about the unknown ones among names, or nothing.
std::string name_problem(const Setting& setting, const std::vector<std::string>& given) {
  constexpr std::size_t most_shown = 5;
  if (!setting.choices || (setting.is_also && given.size() == 1 && setting.is_also(given[0])))
    return {};
  const auto& [singular, plural, names] = *setting.choices;
  const std::vector<std::string> known = names();
  std::vector<std::string> unknown;
  std::size_t count = 0;
  for (const std::string& name : given) {
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    if (++count > most_shown) continue;
    const std::string near = name.empty() ? "" : nearest_name(name, known);
    unknown.push_back(in_quotes(name) + (near.empty() ? "" : " (did you mean '" + near + "'?)"));
  }
  if (count == 0) return {};
  if (count > most_shown) unknown.push_back(std::to_string(count - most_shown) + " more");
  return "unknown " + (count == 1 ? singular : plural) + " " + join(unknown) + "; known " + plural +
         ": " + join(known) + (setting.also.empty() ? "" : "; or " + setting.also);
}

ReadValue refuse(const Setting& setting, const std::string& shown, std::string_view unset_word) {
  return {nullptr, "expected " + expectation(setting, unset_word) + ", got " + shown};
}

ReadValue read_list(const Setting& setting, const json& value, const std::string& shown,
                    std::string_view unset_word) {
  if (!value.is_array() || value.empty()) return refuse(setting, shown, unset_word);
  const bool all_texts =
      std::all_of(value.begin(), value.end(), [](const json& item) { return item.is_string(); });
  if (!all_texts) return refuse(setting, shown, unset_word);
  const auto given = value.get<std::vector<std::string>>();
  if (const std::string problem = name_problem(setting, given); !problem.empty()) {
    return {nullptr, problem};
  }
  for (auto name = given.begin(); name != given.end(); ++name) {
    if (std::find(given.begin(), name, *name) != name)
      return {nullptr, in_quotes(*name) + " is listed twice"};
  }
  return {value, {}};
}

ReadValue read_any(const Setting& setting, const json& value, const std::string& shown,
                   std::string_view unset_word) {
  const auto refused = [&] { return refuse(setting, shown, unset_word); };
  if (value.is_null()) return setting.optional ? ReadValue{nullptr, {}} : refused();
  switch (setting.type) {
    case SettingType::integer:
      if (!setting.zero_name.empty() && value == setting.zero_name) return {0, {}};
      return in_range(setting, value) ? ReadValue{value, {}} : refused();
    case SettingType::number: {
      if (!value.is_number()) return refused();
      const double number = value.get<double>();
      const bool valid = std::isfinite(number) && number <= setting.largest &&
                         (number > 0 || (number == 0 && setting.may_be_zero));
      return valid ? ReadValue{number, {}} : refused();
    }
    case SettingType::boolean:
      return value.is_boolean() ? ReadValue{value, {}} : refused();
    case SettingType::text: {
      if (setting.also_integer && in_range(setting, value)) return {value.dump(), {}};
      if (!value.is_string()) {
        ReadValue result = refused();
        if (!setting.choices && !setting.also_integer && value.is_primitive())
          result.problem += "; put it in quotes";
        return result;
      }
      const auto& given = value.get_ref<const std::string&>();
      if (const std::string problem = name_problem(setting, {given}); !problem.empty()) {
        return {nullptr, problem};
      }
      if (!setting.pattern.empty() && !std::regex_match(given, std::regex(setting.pattern))) {
        return refused();
      }
      if (!is_utf8(given) || given.find('\0') != given.npos)
        return {nullptr, "expected UTF-8 text without a NUL"};
      if (setting.check) {
        if (const std::string problem = setting.check(given); !problem.empty()) {
          return {nullptr, problem};
        }
      }
      return {value, {}};
    }
    case SettingType::text_list:
      return read_list(setting, value, shown, unset_word);
  }
  return refused();
}

json split_list(std::string_view text) {
  json items = json::array();
  while (true) {
    const std::size_t comma = text.find(',');
    std::string_view item = text.substr(0, comma);
    while (item.starts_with(' ')) item.remove_prefix(1);
    while (item.ends_with(' ')) item.remove_suffix(1);
    items.push_back(item);
    if (comma == std::string_view::npos) return items;
    text.remove_prefix(comma + 1);
  }
}

}  // namespace

ReadValue read_text(const Setting& setting, std::string_view text) {
  constexpr std::string_view unset_word = "none";
  const json typed = typed_scalar(text);
  const std::string shown = typed.is_number() ? std::string(text.substr(0, 80)) : in_quotes(text);
  if (setting.optional && text == unset_word) return {nullptr, {}};
  switch (setting.type) {
    case SettingType::text:
      return read_any(setting, std::string(text), shown, unset_word);
    case SettingType::text_list:
      return read_any(setting, split_list(text), shown, unset_word);
    default:
      // Only the null of a file means "unset".
      return typed.is_null() ? refuse(setting, shown, unset_word)
                             : read_any(setting, typed, shown, unset_word);
  }
}

ReadValue read_value(const Setting& setting, const json& value, const std::string& shown) {
  if (!shown.empty()) return read_any(setting, value, shown, "null");
  const std::string text = value.is_string()
                               ? in_quotes(value.get_ref<const std::string&>())
                               : value.dump(-1, ' ', false, json::error_handler_t::replace);
  return read_any(setting, value, text.substr(0, 100), "null");
}

std::string accepted_values(const Setting& setting) {
  if (setting.choices)
    return join(setting.choices->names(), "|") +
           (setting.also.empty() ? "" : " or " + setting.also);
  switch (setting.type) {
    case SettingType::integer:
      return std::to_string(setting.minimum) + " to " + std::to_string(setting.maximum) +
             (setting.zero_name.empty() ? "" : ", " + setting.zero_name);
    case SettingType::number:
      return (setting.may_be_zero ? "0 to " : "above 0, at most ") + plain_decimal(setting.largest);
    case SettingType::boolean:
      return "true|false";
    default:
      return setting.pattern_words;
  }
}

}  // namespace wrcor
