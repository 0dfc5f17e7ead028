#include "wrcor/config/settings.h"

#include <algorithm>
#include <cctype>

#include "internal/sections.h"

namespace wrcor {
namespace {

using nlohmann::json;

/// Settings of a search that a training also has.
constexpr std::string_view shared_keys[] = {"space.name",      "data.name",    "data.root",
                                            "data.image_size", "data.augment", "data.download",
                                            "data.mirror",     "run.seed",     "run.device",
                                            "run.threads",     "run.tf32",     "run.channels_last"};

std::vector<Setting> all_settings() {
  std::vector<Setting> all;
  for (auto part : {space_settings, data_settings, score_settings, search_settings,
                    constraint_settings, run_settings, train_settings}) {
    for (Setting& setting : part()) all.push_back(std::move(setting));
  }
  for (Setting& setting : all) {
    if (setting.is_space_option ||
        std::ranges::find(shared_keys, setting.key) != std::end(shared_keys))
      setting.purposes.insert(Purpose::training);
  }
  return all;
}

}  // namespace

const std::vector<Setting>& settings() {
  static const std::vector<Setting> all = all_settings();
  return all;
}

const std::vector<SettingSection>& setting_sections() {
  static const std::vector<SettingSection> all = {
      {"space", "the search space and the size of its networks"},
      {"data", "the data set and the minibatch"},
      {"score", "how a network is scored"},
      {"search", "how architectures are chosen"},
      {"constraints", "architectures outside of these limits are not scored"},
      {"run", "randomness and hardware"},
      {"train", "training"},
  };
  return all;
}

namespace {

/// "WRCOR_SEARCH_BUDGET" of "search.budget"
std::string variable_of(const std::string& key) {
  std::string result = "WRCOR_" + key;
  for (char& letter : result) {
    letter =
        letter == '.' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(letter)));
  }
  return result;
}

}  // namespace

const Setting& space_definition() {
  static const Setting setting = make_space_definition();
  return setting;
}

const Setting* find_setting(std::string_view key) {
  const auto& all = settings();
  const auto found = std::find_if(all.begin(), all.end(), [&](const Setting& s) {
    return s.key == key || (!key.empty() && s.former_key == key);
  });
  return found == all.end() ? nullptr : &*found;
}

std::string Setting::section() const { return key.substr(0, key.find('.')); }
std::string Setting::name() const { return key.substr(key.find('.') + 1); }

std::string Setting::recorded_name() const {
  return former_key.empty() ? name() : former_key.substr(former_key.find('.') + 1);
}

std::string Setting::environment_name() const { return variable_of(key); }

std::string Setting::former_environment_name() const {
  return former_key.empty() ? "" : variable_of(former_key);
}

json Setting::default_value() const { return get(Config()); }

}  // namespace wrcor
