#include "wrcor/config/settings.h"

#include <algorithm>
#include <map>
#include <set>

#include "config/config_documents.h"
#include "config_support.h"
#include "core/typed_scalar.h"
#include "support/catch.h"
#include "wrcor/config/config_loader.h"

using namespace wrcor;
using wrcor::test::contains;

TEST_CASE("keys, flags and variables of settings are unique", "[config][settings]") {
  std::set<std::string> keys;
  std::map<Purpose, std::set<std::string>> flags;
  std::set<std::string> variables;
  for (const Setting& setting : settings()) {
    INFO(setting.key);
    CHECK(keys.insert(setting.key).second);
    for (const Purpose purpose : setting.purposes)
      CHECK(flags[purpose].insert(setting.flag).second);
    CHECK(variables.insert(setting.environment_name()).second);
    CHECK_FALSE(setting.description.empty());
  }
}

TEST_CASE("the variable of a setting follows from its key", "[config][settings]") {
  CHECK(find_setting("search.max_seconds")->environment_name() == "WRCOR_SEARCH_MAX_SECONDS");
  CHECK(find_setting("no.such") == nullptr);
}

TEST_CASE("every default is a valid value of its setting", "[config][settings]") {
  for (const Setting& setting : settings()) {
    INFO(setting.key);
    CHECK(read_value(setting, setting.default_value()).problem.empty());
  }
}

namespace {

/// A configuration with a space that has the setting.
Config having(const Setting& setting) {
  Config config;
  for (const std::string& space : spaces().names()) {
    if (setting.belongs_to(config)) break;
    config.space.name = space;
  }
  return config;
}

}  // namespace

TEST_CASE("both ends of a range are valid, the integers beside it are not", "[config][settings]") {
  for (const Setting& setting : settings()) {
    if (setting.type != SettingType::integer) continue;
    INFO(setting.key);
    for (const std::uint64_t end : {setting.minimum, setting.maximum}) {
      const ReadValue read = read_text(setting, std::to_string(end));
      REQUIRE(read.problem.empty());
      Config config = having(setting);
      setting.set(config, read.value);
      CHECK(setting.get(config) == end);
    }
    if (setting.minimum > 0) {
      CHECK_FALSE(read_text(setting, std::to_string(setting.minimum - 1)).problem.empty());
    }
    if (setting.maximum + 1 != 0) {
      CHECK_FALSE(read_text(setting, std::to_string(setting.maximum + 1)).problem.empty());
    }
  }
}

TEST_CASE("every name that is offered is accepted and kept", "[config][settings]") {
  for (const Setting& setting : settings()) {
    if (!setting.choices) continue;
    INFO(setting.key);
    CHECK_FALSE(setting.choices->names().empty());
    for (const std::string& name : setting.choices->names()) {
      const ReadValue read = read_text(setting, name);
      REQUIRE(read.problem.empty());
      Config config;
      setting.set(config, read.value);
      CHECK(setting.get(config) == read.value);
    }
  }
}

TEST_CASE("plain scalars have the types of YAML's core schema", "[config][settings]") {
  CHECK(typed_scalar("~").is_null());
  CHECK(typed_scalar("True") == true);
  CHECK(typed_scalar("-7") == -7);
  CHECK(typed_scalar("18446744073709551615") == 18446744073709551615U);
  CHECK(typed_scalar("18446744073709551616").is_number_float());
  CHECK(typed_scalar("2.5e1") == 25.0);
  for (const char* text : {"no", "on", "1e400", ".inf", "nan", "0x1F", "1:30", "-", "e", "."}) {
    INFO(text);
    CHECK(typed_scalar(text).is_string());
  }
}

TEST_CASE("a former key names the setting, and is what records have", "[config][settings]") {
  const Setting* setting = find_setting("run.at_once");
  REQUIRE(setting == find_setting("run.networks_per_batch"));
  REQUIRE(setting != nullptr);
  CHECK(setting->name() == "networks_per_batch");
  CHECK(setting->recorded_name() == "at_once");
  CHECK(setting->environment_name() == "WRCOR_RUN_NETWORKS_PER_BATCH");
  CHECK(setting->former_environment_name() == "WRCOR_RUN_AT_ONCE");
  CHECK(find_setting("search.budget")->recorded_name() == "budget");
  CHECK(find_setting("search.budget")->former_environment_name().empty());
  CHECK(find_setting("") == nullptr);
}

TEST_CASE("the schema describes every setting with its default", "[config][settings]") {
  auto schema = config_schema();
  CHECK(schema["$schema"] == "http://json-schema.org/draft-07/schema#");
  CHECK(schema["$id"] == "urn:wrcor:schema:config:1");
  CHECK(schema["additionalProperties"] == false);
  CHECK(schema["properties"]["schema_version"]["const"] == 1);
  schema["properties"].erase("schema_version");
  // A space is chosen by settings, or it is defined, here or as the record of a run has it.
  auto& space = schema["properties"]["space"];
  CHECK(space["anyOf"].size() == 3);
  space = nlohmann::ordered_json(space["anyOf"][0]);
  std::size_t described = 0;
  for (const auto& section : schema["properties"]) {
    CHECK(section["additionalProperties"] == false);
    described += section["properties"].size();
  }
  const auto renamed = std::ranges::count_if(
      settings(), [](const Setting& setting) { return !setting.former_key.empty(); });
  CHECK(described == settings().size() + static_cast<std::size_t>(renamed));
  for (const Setting& setting : settings()) {
    INFO(setting.key);
    const auto& entry = schema["properties"][setting.section()]["properties"][setting.name()];
    CHECK(entry["default"] == setting.default_value());
    CHECK(entry["description"] == setting.description);
  }
  const auto& search = schema["properties"]["search"]["properties"];
  CHECK(search["budget"]["minimum"] == 1);
  CHECK(search["budget"]["maximum"] == 1000000000);
  CHECK(search["dedupe"]["enum"] == nlohmann::json({"strict", "score", "exact"}));
  CHECK(search["max_seconds"]["type"] == nlohmann::json({"number", "null"}));
}

TEST_CASE("the commented file names every setting, its flag and its variable",
          "[config][settings]") {
  const std::string text = commented_config();
  for (const Setting& setting : settings()) {
    INFO(setting.key);
    if (!setting.belongs_to(Config())) continue;  // an option of another space
    CHECK(contains(text, "\n  " + setting.name() + ": "));
    CHECK(contains(text, setting.description));
    CHECK(contains(text, setting.flag + "; " + setting.environment_name()));
  }
}

TEST_CASE("what a setting bears on decides where it is written", "[config][settings]") {
  std::map<Scope, std::set<std::string>> keys;
  for (const Setting& setting : settings()) keys[setting.scope].insert(setting.key);
  CHECK(keys[Scope::nothing].contains("run.workers"));
  CHECK(keys[Scope::length] == std::set<std::string>{"search.budget", "search.max_seconds"});
  CHECK(keys[Scope::weights] == std::set<std::string>{"score.init", "score.repeats",
                                                      "score.weights_mode", "search.refine"});
  for (const char* key :
       {"space.name", "space.channels", "space.cells", "score.counting", "run.seed"})
    CHECK(keys[Scope::scores].contains(key));
  for (const char* key : {"data.root", "data.batch_file", "data.batch_size", "run.device"})
    CHECK(keys[Scope::source].contains(key));
  for (const std::string& key : keys[Scope::nothing])
    CHECK_FALSE(result_config(Config()).contains(nlohmann::json::json_pointer(
        "/" + find_setting(key)->section() + "/" + find_setting(key)->name())));
}

TEST_CASE("a number may begin at 0 or above it", "[config][settings]") {
  const Setting* momentum = find_setting("train.momentum");
  const Setting* rate = find_setting("train.learning_rate");
  CHECK(read_text(*momentum, "0").problem.empty());
  CHECK(read_text(*momentum, "1").problem.empty());
  CHECK(read_text(*momentum, "1.1").problem == "expected a number from 0 to 1, got 1.1");
  CHECK(read_text(*momentum, "-0.1").problem == "expected a number from 0 to 1, got -0.1");
  CHECK(read_text(*rate, "0").problem == "expected a number above 0, at most 100, got 0");
  const auto schema = config_schema()["properties"]["train"]["properties"];
  CHECK(schema["momentum"]["minimum"] == 0);
  CHECK_FALSE(schema["momentum"].contains("exclusiveMinimum"));
  CHECK(schema["learning_rate"]["exclusiveMinimum"] == 0);
}

TEST_CASE("a document has the settings of its purpose only", "[config][settings]") {
  const auto search = to_json(Config()), training = to_json(Config(), Purpose::training);
  CHECK_FALSE(search.contains("train"));
  CHECK(search["data"].contains("batch_size"));
  CHECK_FALSE(training.contains("search"));
  CHECK_FALSE(training.contains("score"));
  CHECK_FALSE(training["data"].contains("batch_size"));
  CHECK(training["train"]["batch_size"] == 256);
  CHECK(training["run"].contains("seed"));
  CHECK_FALSE(training["run"].contains("workers"));
  Config config;
  config.train.epochs = 200;
  config.train.holdout = 0.25;
  config.train.momentum = 0;
  const auto written = to_json(config, Purpose::training);
  CHECK(to_json(config_from_json(written, "f"), Purpose::training) == written);
  CHECK_FALSE(result_config(config, Purpose::training)["train"].contains("checkpoint_every"));
}
