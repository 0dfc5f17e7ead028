#include "internal/config_file.h"

#include <algorithm>
#include <map>

#include "core/file.h"
#include "core/schema_version.h"
#include "core/yaml_tree.h"
#include "space/space_section.h"
#include "wrcor/core/error.h"
#include "wrcor/core/registry.h"

namespace wrcor {
namespace {

using nlohmann::json;

const char* const version_key = "schema_version";

}  // namespace

std::string read_yaml_file(const std::filesystem::path& path, std::string& content) {
  try {
    InputFile stream = open_input(path);
    content.resize(largest_yaml + 1);
    stream.read(content.data(), static_cast<std::streamsize>(content.size()));
    content.resize(static_cast<std::size_t>(stream.gcount()));
    return stream.bad() ? "cannot be read to its end" : "";
  } catch (const Unreadable& reason) {
    return std::string("cannot be read: ") + reason.what();
  }
}

namespace {

bool is_section(const std::string& name) {
  const auto& all = setting_sections();
  return std::any_of(all.begin(), all.end(), [&](const auto& s) { return s.name == name; });
}

/// " (did you mean 'search.budget'?)", or nothing.
/// @param section  empty for a key at the top of the document
std::string key_suggestion(const std::string& section, const std::string& key) {
  if (section.empty() && find_setting(key) != nullptr) {
    const Setting& setting = *find_setting(key);
    return " (write it as '" + setting.name() + "' below '" + setting.section() + ":')";
  }
  std::map<std::string, std::string> meant;  // possible misspelling -> correct name
  if (section.empty()) {
    for (const Setting& setting : settings()) meant.emplace(setting.name(), setting.key);
    for (const SettingSection& known : setting_sections()) meant[known.name] = known.name;
    meant[version_key] = version_key;
  } else {
    for (const Setting& setting : settings()) {
      if (setting.section() == section) meant[setting.name()] = setting.key;
    }
  }
  std::vector<std::string> candidates;
  for (const auto& entry : meant) candidates.push_back(entry.first);
  const std::string nearest = nearest_name(key, candidates);
  if (!nearest.empty()) return " (did you mean '" + meant[nearest] + "'?)";
  if (!section.empty()) {
    for (const Setting& setting : settings()) {
      if (setting.name() == key) return " (did you mean '" + setting.key + "'?)";
    }
  }
  return {};
}

json typed_value(const YamlNode& node) {
  if (node.kind == YamlNode::Kind::scalar) return scalar_value(node);
  if (node.kind == YamlNode::Kind::map) return json::object();
  json items = json::array();
  for (const auto& item : node.items) {
    // No setting holds a list of lists, so the content of a nested item is ignored.
    const bool nested = item->kind != YamlNode::Kind::scalar;
    items.push_back(nested ? json::object() : scalar_value(*item));
  }
  return items;
}

std::string unknown_key(const std::string& section, const std::string& key, const YamlNode& value) {
  const std::string full = section.empty() ? key : section + "." + key;
  const std::string suggestion = key_suggestion(section, key);
  const std::string message =
      "unknown key " + in_quotes(full) + suggestion + ", got " + shown_value(value);
  if (!suggestion.empty()) return message;
  std::vector<std::string> names;
  if (section.empty()) {
    for (const SettingSection& known : setting_sections()) names.push_back(known.name);
    return message + "; known sections: " + join(names);
  }
  for (const Setting& setting : settings()) {
    if (setting.section() == section) names.push_back(setting.name());
  }
  return message + "; known keys of " + section + ": " + join(names);
}

/// Whether the program wrote the file as the record of a run: files written by hand are rarely
/// JSON, and need no version.
bool is_record(const std::string& text, const YamlNode& root) {
  const std::size_t start = text.find_first_not_of(" \t\r\n");
  return start != text.npos && text[start] == '{' && root.kind == YamlNode::Kind::map &&
         !root.items.empty() && root.items.front()->text == version_key;
}

class YamlConfigReader {
 public:
  YamlConfigReader(std::string file, std::vector<std::string>& problems)
      : file_(std::move(file)), problems_(problems) {}

  std::vector<FoundValue> read(const YamlNode& root) {
    if (root.kind != YamlNode::Kind::map) {
      report(root.line, "expected sections such as 'search:', got " + shown_value(root));
      return {};
    }
    for_each_key(root, "",
                 [this](const std::string& key, const YamlNode& key_node, const YamlNode& value) {
                   if (is_section(key)) {
                     read_section(key, value);
                   } else if (key == version_key) {
                     check_version(key_node.line, value);
                   } else {
                     report_unknown(key_node.line, "", key, value);
                   }
                 });
    return std::move(found_);
  }

 private:
  template <typename Action>
  void for_each_key(const YamlNode& map, const std::string& section, const Action& action) {
    std::map<std::string, int> first_line;
    for (std::size_t k = 0; k + 1 < map.items.size(); k += 2) {
      const YamlNode& key = *map.items[k];
      if (key.kind != YamlNode::Kind::scalar) {
        report(key.line, "expected a name as the key, got " + shown_value(key));
        continue;
      }
      const auto [seen, is_new] = first_line.emplace(key.text, key.line);
      if (!is_new) {
        const std::string full = section.empty() ? key.text : section + "." + key.text;
        report(key.line, "duplicate key " + in_quotes(full) + ", first given in line " +
                             std::to_string(seen->second));
        continue;
      }
      action(key.text, key, *map.items[k + 1]);
    }
  }

  void check_version(int line, const YamlNode& value) {
    if (typed_value(value) == schema_version::config) return;
    report(line, std::string(version_key) + ": expected " + std::to_string(schema_version::config) +
                     ", got " + shown_value(value) +
                     "; a file of a newer version needs a newer wrcor");
  }

  void read_section(const std::string& section, const YamlNode& node) {
    if (node.kind == YamlNode::Kind::scalar && scalar_value(node).is_null()) {
      return;
    }
    if (node.kind != YamlNode::Kind::map) {
      report(node.line,
             section + ": expected the settings of the section, got " + shown_value(node));
      return;
    }
    if (const YamlNode* definition = definition_in(section, node)) {
      read_definition(node, *definition);
      return;
    }
    for_each_key(node, section,
                 [&](const std::string& name, const YamlNode& key_node, const YamlNode& value) {
                   const Setting* setting = find_setting(section + "." + name);
                   if (setting == nullptr) {
                     report_unknown(key_node.line, section, name, value);
                     return;
                   }
                   ReadValue result = read_value(*setting, typed_value(value), shown_value(value));
                   if (result.problem.empty()) {
                     found_.push_back(
                         {setting, std::move(result.value), place(key_node.line) + setting->key});
                   } else {
                     report(value.line, setting->key + ": " + result.problem);
                     found_.push_back({setting, nullptr, {}, /*valid=*/false});
                   }
                 });
  }

  /// A space that is defined here: its section has a kind, or, in the record of a run, its name and
  /// its definition. Null if the section has settings.
  static const YamlNode* definition_in(const std::string& section, const YamlNode& node) {
    if (section != "space") return nullptr;
    for (std::size_t k = 0; k + 1 < node.items.size(); k += 2) {
      if (node.items[k]->text == "kind") return &node;
      if (node.items[k]->text == "definition") return node.items[k + 1].get();
    }
    return nullptr;
  }

  /// @param section  the definition itself, or what a record has: its name and the definition
  void read_definition(const YamlNode& section, const YamlNode& definition) {
    const std::size_t problems_before = problems_.size();
    const auto value = read_space_section(definition, file_, problems_);
    const bool is_valid = problems_.size() == problems_before;
    if (&definition != &section) {
      for_each_key(section, "space",
                   [&](const std::string& name, const YamlNode& key, const YamlNode& given) {
                     if (name == "name") {
                       if (is_valid && value.at("name") != given.text)
                         report(given.line, "space.name: expected " + value.at("name").dump() +
                                                ", as in the definition, got " +
                                                shown_value(given));
                     } else if (name != "definition") {
                       report(key.line, "space." + name +
                                            ": the sizes of a space with a definition are in it, "
                                            "got " +
                                            shown_value(given));
                     }
                   });
    }
    if (problems_.size() == problems_before) {
      found_.push_back({&space_definition(), value.dump(), place(section.line) + "space"});
    } else {
      found_.push_back({&space_definition(), nullptr, {}, /*valid=*/false});
    }
  }

  /// Searches for a similar name only while the problem is one of those shown.
  void report_unknown(int line, const std::string& section, const std::string& key,
                      const YamlNode& value) {
    const bool is_shown = problems_.size() < Error::most_lines;
    report(line, is_shown ? unknown_key(section, key, value) : "unknown key");
  }

  std::string place(int line) const { return file_ + ":" + std::to_string(line) + ": "; }
  void report(int line, const std::string& message) { problems_.push_back(place(line) + message); }

  std::string file_;
  std::vector<std::string>& problems_;
  std::vector<FoundValue> found_;
};

}  // namespace

std::vector<FoundValue> read_config_text(const std::string& text, const std::string& name,
                                         std::vector<std::string>& problems) {
  if (const std::string problem = yaml_text_problem(text); !problem.empty()) {
    problems.push_back(name + ": " + problem);
    return {};
  }
  try {
    const auto root = read_yaml(text);
    if (!root) return {};
    std::vector<FoundValue> found = YamlConfigReader(name, problems).read(*root);
    for (FoundValue& value : found) value.recorded = is_record(text, *root);
    return found;
  } catch (const YamlError& failure) {
    const std::string line = failure.line > 0 ? ":" + std::to_string(failure.line) : "";
    problems.push_back(name + line + ": " + failure.what());
    return {};
  }
}

std::vector<FoundValue> read_config_file(const std::filesystem::path& path,
                                         std::vector<std::string>& problems) {
  std::string content;
  if (const std::string problem = read_yaml_file(path, content); !problem.empty()) {
    problems.push_back(path.string() + ": " + problem);
    return {};
  }
  return read_config_text(content, path.string(), problems);
}

}  // namespace wrcor
