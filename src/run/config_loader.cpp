#include "wrcor/run/config_loader.h"

#include <cstdlib>
#include <set>
#include <stdexcept>

#include "config_file.h"
#include "wrcor/core/error.h"
#include "wrcor/core/suggest.h"
#include "wrcor/run/settings.h"

namespace wrcor {
namespace {

using nlohmann::json;

/// Sources in the order of rising precedence.
enum class Source { none, file, environment, flag };

struct Origin {
  Source source = Source::none;
  std::string place;
};

/// The effective value of each setting that any source gave, and its origin.
class MergedConfig {
 public:
  void take(std::vector<FoundValue> values, Source source) {
    for (FoundValue& found : values) {
      // Unset is what the command makes of it.
      if (source == Source::none) own_defaults_.insert(found.setting->key);
      if (found.value.is_null() && own_defaults_.contains(found.setting->key)) continue;
      found.setting->set(config_, found.value);
      // An unset value is as good as one that was not given.
      const bool given = !found.value.is_null() && found.value != "";
      origins_[found.setting->key] = {given ? source : Source::none, std::move(found.place)};
    }
  }

  /// Checks that concern more than one setting.
  void check(std::vector<std::string>& problems) {
    const auto report = [&](const std::string& key, const std::string& problem) {
      problems.push_back(place(key) + ": " + problem);
    };
    const auto& [space, data, score, search, constraints, run] = config_;
    if (search.tournament > search.population) {
      report("search.tournament", "expected at most search.population (" +
                                      std::to_string(search.population) + "), got " +
                                      std::to_string(search.tournament));
    }
    if (constraints.min_params && constraints.max_params &&
        *constraints.min_params > *constraints.max_params) {
      report("constraints.min_params", "expected at most constraints.max_params (" +
                                           std::to_string(*constraints.max_params) + "), got " +
                                           std::to_string(*constraints.min_params));
    }
    if (!data.batch_file.empty()) {
      // A size from a source of lower precedence was not meant for the batch file and is ignored.
      for (const char* key : {"data.batch_size", "data.image_size"}) {
        const Origin& size = origins_[key];
        if (size.source != Source::none && size.source >= origins_["data.batch_file"].source) {
          report(key, "cannot be given together with data.batch_file, which fixes it");
        }
        const Setting* setting = find_setting(key);
        setting->set(config_, setting->default_value());
      }
    }
  }

  const Config& config() const { return config_; }

 private:
  std::string place(const std::string& key) const {
    const auto found = origins_.find(key);
    return found == origins_.end() ? key : found->second.place;
  }

  Config config_;
  std::set<std::string> own_defaults_;  ///< keys that the command has a default of its own for
  std::map<std::string, Origin> origins_;
};

/// One flag or variable: appends what it gives, or what is wrong with it.
void read_into(std::vector<FoundValue>& values, std::vector<std::string>& problems,
               const Setting& setting, const std::string& place, const std::string& text) {
  ReadValue result = read_text(setting, text);
  if (result.problem.empty()) {
    values.push_back({&setting, std::move(result.value), place});
  } else {
    problems.push_back(place + ": " + result.problem);
  }
}

Config checked(MergedConfig& merged, std::vector<std::string>& problems) {
  // Values that are wrong themselves are not compared with others.
  if (problems.empty()) merged.check(problems);
  if (!problems.empty()) throw UsageError(join(problems, "\n"));
  return merged.config();
}

}  // namespace

const char* process_environment(const char* name) { return std::getenv(name); }

Config load_config(const ConfigSources& sources) {
  std::vector<std::string> problems;
  MergedConfig merged;
  std::vector<FoundValue> defaults;
  for (const auto& [key, text] : sources.defaults)
    read_into(defaults, problems, *find_setting(key), key, text);
  merged.take(std::move(defaults), Source::none);
  if (sources.file) merged.take(read_config_file(*sources.file, problems), Source::file);

  std::vector<FoundValue> variables;
  for (const Setting& setting : settings()) {
    const std::string name = setting.environment_name();
    const char* text = sources.environment ? sources.environment(name.c_str()) : nullptr;
    if (text != nullptr && *text != '\0') read_into(variables, problems, setting, name, text);
  }
  merged.take(std::move(variables), Source::environment);

  std::vector<FoundValue> flags;
  for (const auto& [key, text] : sources.flags) {
    const Setting* setting = find_setting(key);
    if (setting == nullptr) throw std::logic_error("no setting has the key " + key);
    const bool negated = !setting->negative_flag.empty() && text == "false";
    read_into(flags, problems, *setting, negated ? setting->negative_flag : setting->flag, text);
  }
  merged.take(std::move(flags), Source::flag);
  return checked(merged, problems);
}

nlohmann::ordered_json to_json(const Config& config) {
  nlohmann::ordered_json document;
  for (const Setting& setting : settings()) {
    document[setting.section()][setting.name()] = setting.get(config);
  }
  return document;
}

nlohmann::ordered_json result_config(const Config& config) {
  nlohmann::ordered_json document = to_json(config);
  document["run"].erase("workers");
  return document;
}

}  // namespace wrcor
