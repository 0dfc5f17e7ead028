#include "config/config_documents.h"

#include <cctype>
#include <nlohmann/json.hpp>
#include <utility>

#include "core/json_schema_parts.h"
#include "core/schema_version.h"
#include "core/typed_scalar.h"
#include "wrcor/config/settings.h"
#include "wrcor/core/registry.h"

namespace wrcor {
namespace {

using namespace json_schema_parts;
using nlohmann::ordered_json;

/// Validators misread an integer beyond 63 bits, but read it correctly as a floating-point number.
ordered_json limit(std::uint64_t value) {
  return std::in_range<std::int64_t>(value) ? ordered_json(value)
                                            : ordered_json(static_cast<double>(value));
}

ordered_json type_schema(const Setting& setting) {
  ordered_json schema;
  switch (setting.type) {
    case SettingType::integer:
      schema = {
          {"type", "integer"}, {"minimum", setting.minimum}, {"maximum", limit(setting.maximum)}};
      break;
    case SettingType::number:
      schema = {{"type", "number"},
                {setting.may_be_zero ? "minimum" : "exclusiveMinimum", 0},
                {"maximum", setting.largest}};
      break;
    case SettingType::boolean:
      schema = {{"type", "boolean"}};
      break;
    case SettingType::text:
    case SettingType::text_list:
      schema = {{"type", "string"}};
      if (setting.choices && setting.also.empty()) schema["enum"] = setting.choices->names();
      if (!setting.pattern.empty()) schema["pattern"] = setting.pattern;
      if (setting.also_integer) {
        schema["type"] = {"string", "integer"};
        schema["minimum"] = setting.minimum;
        schema["maximum"] = setting.maximum;
      }
      break;
  }
  if (setting.type == SettingType::text_list) {
    schema = {{"type", "array"}, {"items", schema}, {"minItems", 1}, {"uniqueItems", true}};
  }
  if (setting.optional) {
    if (!schema["type"].is_array()) schema["type"] = {schema["type"]};
    schema["type"].push_back("null");
  }
  if (!setting.zero_name.empty()) {
    const ordered_json word = {{"const", setting.zero_name}};
    schema = {{"anyOf", {schema, word}}};
  }
  return schema;
}

/// A space that is defined in place of its name. The program checks its kinds and their keys.
ordered_json definition_schema() {
  return {{"description", "search space that is defined here"},
          {"type", "object"},
          {"required", {"kind", "name"}}};
}

/// The value as it is written in a YAML file.
std::string yaml_text(const nlohmann::json& value) {
  if (value.is_array()) {
    std::vector<std::string> items;
    for (const auto& item : value) items.push_back(yaml_text(item));
    return "[" + join(items) + "]";
  }
  if (!value.is_string()) return value.dump();
  const auto text = value.get<std::string>();
  const bool needs_no_quotes =
      !text.empty() && std::isalpha(static_cast<unsigned char>(text[0])) &&
      text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == std::string::npos &&
      typed_scalar(text).is_string();
  return needs_no_quotes ? text : value.dump();
}

}  // namespace

nlohmann::ordered_json config_schema() {
  const ordered_json version = {
      {"description", "version of this schema; may be left out in files written by hand"},
      {"const", schema_version::config}};
  std::vector<Member> sections{{"schema_version", version, /*required=*/false}};
  for (const SettingSection& section : setting_sections()) {
    std::vector<Member> members;
    for (const Setting& setting : settings()) {
      if (setting.section() != section.name) continue;
      ordered_json entry = {{"description", setting.description}};
      entry.update(type_schema(setting));
      entry["default"] = setting.default_value();
      members.push_back({setting.name(), entry, /*required=*/false});
      if (!setting.former_key.empty())
        members.push_back({setting.recorded_name(), entry, /*required=*/false});
    }
    ordered_json schema = {{"description", section.description}};
    schema.update(object(members));
    schema["type"] = {"object", "null"};
    if (section.name == "space") {
      const ordered_json record = object({{"name", text()}, {"definition", definition_schema()}});
      schema = {{"anyOf", {schema, definition_schema(), record}}};
    }
    sections.push_back({section.name, schema, /*required=*/false});
  }
  return document("config", schema_version::config, "Configuration of wrcor", object(sections));
}

nlohmann::ordered_json written_settings_schema(const std::function<bool(const Setting&)>& chosen) {
  std::vector<Member> sections;
  for (const SettingSection& section : setting_sections()) {
    std::vector<Member> members;
    for (const Setting& setting : settings()) {
      if (setting.section() == section.name && chosen(setting))
        members.push_back(
            {setting.recorded_name(), type_schema(setting), /*required=*/!setting.is_space_option});
    }
    if (section.name == "space")
      members.push_back({"definition", definition_schema(), /*required=*/false});
    if (!members.empty()) sections.push_back({section.name, object(members)});
  }
  return object(sections);
}

std::string commented_config() {
  std::string text =
      "# Every setting of wrcor, at its default. Remove what you do not change.\n"
      "# A flag wins over its environment variable, that over this file.\n\n"
      "schema_version: " +
      std::to_string(schema_version::config) + "  # of this file's form; may be left out\n";
  for (const SettingSection& section : setting_sections()) {
    text += "\n# " + section.description + "\n" + section.name + ":\n";
    for (const Setting& setting : settings()) {
      if (setting.section() != section.name || !setting.belongs_to(Config())) continue;
      text += "  # " + setting.description + "\n";
      std::vector<std::string> notes;
      if (const std::string accepted = accepted_values(setting); !accepted.empty()) {
        notes.push_back(accepted);
      }
      if (setting.optional) notes.push_back("null: not set");
      notes.push_back(setting.flag);
      notes.push_back(setting.environment_name());
      text += "  # (" + join(notes, "; ") + ")\n";
      text += "  " + setting.name() + ": " + yaml_text(setting.default_value()) + "\n";
    }
  }
  return text;
}

nlohmann::ordered_json result_settings_schema(Purpose purpose) {
  return written_settings_schema([purpose](const Setting& setting) {
    return setting.scope != Scope::nothing && setting.serves(purpose);
  });
}

}  // namespace wrcor
