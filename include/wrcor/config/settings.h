#pragma once

#include <cstdint>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "wrcor/config/config.h"

namespace wrcor {

enum class SettingType { integer, number, boolean, text, text_list };

/// What a setting affects, from nothing to everything. To resume a run, the settings that affect
/// its search or more must be equal; scores are comparable if the settings that affect scores are
/// equal.
enum class Scope {
  nothing,  ///< how the work is done, such as run.workers: not part of a result
  length,   ///< the extent of a search: may change on resume
  source,   ///< the origin of something recorded separately: minibatch, kind of device
  search,   ///< which architectures are scored, by which proxies, and their order
  weights,  ///< how weights are drawn, and so the score of every architecture with drawn weights
  scores,   ///< the score of every architecture
};

/// The use of networks: they are searched and scored, or one is trained.
enum class Purpose { search, training };

/// The names that a setting may have, and the word for such a name in messages.
struct SettingChoices {
  std::string singular;
  std::string plural;
  std::function<std::vector<std::string>()> names;
};

/// One configurable value: the source for flags, environment variables, files, the JSON Schema, the
/// commented file and the help. Its default is that of a default-constructed Config.
struct Setting {
  std::string key;  ///< "search.budget": section and name in a file, and the member of Config
  /// "--budget", unique among the settings for the same purpose; "--space-option stacks" of an
  /// option that has no flag of its own.
  std::string flag;
  std::string negative_flag;  ///< of a boolean: "--no-augment"
  // The name in earlier versions, which is still accepted and which records still use.
  std::string former_key = {};
  std::string former_flag = {};
  SettingType type = SettingType::text;
  std::string description;       ///< one line
  std::string placeholder = {};  ///< of a text: stands for the value in the help

  std::uint64_t minimum = 0;  ///< of an integer
  std::uint64_t maximum = 0;  ///< of an integer
  double largest = 0;         ///< of a number, which must be above 0
  bool may_be_zero = false;   ///< of a number
  std::string zero_name;      ///< of an integer: a word that may replace 0
  std::string pattern;        ///< of a text: a regular expression that it matches
  std::string pattern_words;  ///< the same, human-readable
  bool also_integer = false;  ///< of a text: in a file also an integer, minimum to maximum
  /// Of a text with choices: what else its value may be, such as a file; empty: nothing else.
  std::string also;
  /// Whether a value is of the kind that `also` names.
  std::function<bool(const std::string&)> is_also = {};
  std::optional<SettingChoices> choices;  ///< of a text or of the items of a list
  bool repeatable = false;       ///< of a text: the flag may be repeated; commas join its values
  bool is_path = false;          ///< of a text: a file or a folder
  bool optional = false;         ///< can be unset: null in a file, "none" in a flag or a variable
  bool is_space_option = false;  ///< only some spaces have it; unset: the fallback of the space
  Scope scope = Scope::scores;
  std::set<Purpose> purposes{Purpose::search};  ///< that it belongs to

  /// Of a text: returns the error in it, or nothing.
  std::function<std::string(const std::string&)> check = {};

  std::function<nlohmann::json(const Config&)> get;
  /// Takes a value that read_value() or read_text() accepted.
  std::function<void(Config&, const nlohmann::json&)> set;

  std::string section() const;
  std::string name() const;
  std::string recorded_name() const;     ///< in what runs leave: of the former key, if it has one
  std::string environment_name() const;  ///< "WRCOR_SEARCH_BUDGET"
  std::string former_environment_name() const;  ///< empty: it has none
  nlohmann::json default_value() const;
  bool serves(Purpose purpose) const { return purposes.contains(purpose); }
  /// Whether a configuration has the setting: whether its space has the option.
  bool belongs_to(const Config& config) const { return !is_space_option || !get(config).is_null(); }
};

struct SettingSection {
  std::string name;
  std::string description;
};

/// Every setting, grouped by section, in the order in which they are shown.
const std::vector<Setting>& settings();
const std::vector<SettingSection>& setting_sections();

/// The setting of a search space that the configuration itself defines: its value is the definition
/// as text, and setting it chooses that space. It is not one of settings().
const Setting& space_definition();

/// @param key  also a former one
/// @return null when there is no such key.
const Setting* find_setting(std::string_view key);

/// A value for a setting, or the error in the one given.
struct ReadValue {
  nlohmann::json value;
  std::string problem;  ///< empty when the value is valid; else "expected ..., got ..."
};

/// Reads the text of a flag or an environment variable; lists are separated by commas.
ReadValue read_text(const Setting& setting, std::string_view text);

/// Checks a typed value of a file.
/// @param shown  how the value is written in messages; by default its JSON text.
ReadValue read_value(const Setting& setting, const nlohmann::json& value,
                     const std::string& shown = {});

/// What the setting accepts, short: "1 to 1000000000", "shared|independent", "true|false".
std::string accepted_values(const Setting& setting);

}  // namespace wrcor
