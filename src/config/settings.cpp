#include "wrcor/config/settings.h"

#include <algorithm>
#include <cctype>
#include <limits>
#include <stdexcept>
#include <type_traits>
#include <utility>

#include "config/cost_limits.h"
#include "config/proxy_choice.h"
#include "space/space_section.h"
#include "wrcor/core/error.h"
#include "wrcor/core/suggest.h"
#include "wrcor/data/builtin.h"
#include "wrcor/data/image_size.h"
#include "wrcor/score/ranking_rule.h"
#include "wrcor/search/builtin.h"
#include "wrcor/space/builtin.h"

namespace wrcor {
namespace {

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
Scope usual_scope(const std::string& section) {
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

Setting with_scope(Scope scope, Setting setting) {
  setting.scope = scope;
  return setting;
}

// The key of a setting is the path of its member in Config.
#define MEMBER(path) \
#path, [](auto& config) -> auto& { return config.path; }

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

/// The options of all spaces, each once. Whether the space in question has it, and within which
/// limits, is checked when all is known.
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

// 4 to 1024, as a regular expression: JSON Schema cannot express it otherwise.
#define IMAGE_SIDE "[4-9]|[1-9][0-9]|[1-9][0-9]{2}|10[01][0-9]|102[0-4]"

std::vector<Setting> data_settings() {
  Setting batch_size = integer(MEMBER(data.batch_size), "--batch-size", 2, 65536,
                               "images in the minibatch; none: 64, or the size of the batch file");
  batch_size.optional = true;
  batch_size.get = [](const Config& config) {
    return config.data.batch_file.empty() ? json(config.data.batch_size) : json(nullptr);
  };
  batch_size.set = [](Config& config, const json& value) {
    config.data.batch_size = value.is_null() ? Config().data.batch_size : value.get<int>();
  };
  Setting mirror = text(MEMBER(data.mirror), "--mirror", "URL",
                        "folder to download from; empty: the site of the data set's authors");
  mirror.scope = Scope::nothing;
  mirror.pattern_words = "a URL that starts with http://, https:// or file://";
  mirror.check = [words = mirror.pattern_words](const std::string& given) -> std::string {
    for (const char* scheme : {"http://", "https://", "file://"}) {
      if (given.empty() || given.starts_with(scheme)) return {};
    }
    return "expected " + words + ", got " + in_quotes(given);
  };
  Setting image_size = text(MEMBER(data.image_size), "--image-size", "N|HxW",
                            "pixels that the images of a folder are resized to; none: 32");
  image_size.pattern = "^(" IMAGE_SIDE ")(x(" IMAGE_SIDE "))?$";
  image_size.pattern_words = "N or HxW, 4 to 1024 each";
  image_size.also_integer = true;
  image_size.minimum = smallest_image_side;
  image_size.maximum = largest_image_side;
  image_size.optional = true;
  image_size.get = [](const Config& config) {
    return config.data.image_size.empty() ? json(nullptr) : json(config.data.image_size);
  };
  image_size.set = [](Config& config, const json& value) {
    config.data.image_size = value.is_null() ? "" : value.get<std::string>();
  };
  return {
      // Its number of classes affects the networks, whatever the minibatch.
      with_scope(Scope::search, name(MEMBER(data.name), "--data",
                                     {"data set", "data sets", [] { return datasets().names(); }},
                                     "data set that the images are drawn from")),
      path(MEMBER(data.root), "--data-root", "DIR",
           "folder of the data set; empty: the cache folder"),
      image_size,
      path(MEMBER(data.batch_file), "--batch", "FILE.pt",
           "file written by torch.save with the tensors images and labels, used instead of drawing "
           "a minibatch"),
      batch_size,
      boolean(MEMBER(data.augment), "--augment", "--no-augment",
              "crop and flip the images at random, as in training"),
      with_scope(Scope::nothing, boolean(MEMBER(data.download), "--download", "--no-download",
                                         "download a data set that the cache folder lacks")),
      mirror,
  };
}

/// The error in the text of a ranking rule, or nothing.
std::string rule_problem(const std::string& rule) {
  if (rule.empty()) return {};
  try {
    RankingRule::parse(rule);
    return {};
  } catch (const UsageError& error) {
    return std::string(error.what()) + ", in " + in_quotes(rule);
  }
}

std::vector<Setting> score_settings() {
  Setting rank_by =
      text(MEMBER(score.rank_by), "--rank-by", "RULE",
           "ranking rule: a proxy, a vote, a list of proxies that vote, or METHOD(list); empty: "
           "the first of the proxies, or auto");
  rank_by.check = rule_problem;
  rank_by.scope = Scope::search;
  Setting chosen = names(MEMBER(score.proxies), "--proxy", {"proxy", "proxies", proxy_choices},
                         "proxies to compute; a vote means its members, all means every proxy; "
                         "none: those needed for the ranking");
  chosen.optional = true;
  chosen.scope = Scope::search;
  chosen.get = [](const Config& config) {
    return config.score.proxies.empty() ? json(nullptr) : json(config.score.proxies);
  };
  chosen.set = [](Config& config, const json& value) {
    config.score.proxies =
        value.is_null() ? std::vector<std::string>() : value.get<std::vector<std::string>>();
  };
  return {
      chosen,
      rank_by,
      named_value(
          MEMBER(score.counting), "--counting", "counting policy", "counting policies",
          NamedValues<Counting>{{"reference", Counting::reference}, {"paper", Counting::paper}},
          "which responses count: as in the published code, or every ReLU once"),
      named_value(MEMBER(score.proxy_input), "--proxy-input", "proxy input", "proxy inputs",
                  NamedValues<ProxyInput>{{"published", ProxyInput::published},
                                          {"images", ProxyInput::images}},
                  "input of proxies that were published with noise: noise, or the images"),
      with_scope(Scope::weights,
                 named_value(MEMBER(score.init), "--init", "initialisation", "initialisations",
                             NamedValues<Initialisation>{{"default", Initialisation::standard},
                                                         {"xavier", Initialisation::xavier},
                                                         {"kaiming", Initialisation::kaiming},
                                                         {"normal", Initialisation::normal}},
                             "distribution of the weights")),
      with_scope(
          Scope::weights,
          named_value(MEMBER(score.weights_mode), "--weights-mode", "weights mode", "weights modes",
                      NamedValues<WeightsMode>{{"shared", WeightsMode::shared},
                                               {"independent", WeightsMode::independent}},
                      "share weights between architectures at equal places, or draw them "
                      "independently")),
      with_scope(Scope::weights, integer(MEMBER(score.repeats), "--repeats", 1, 1000,
                                         "draws of weights to average a score over; search derives "
                                         "rank intervals from them")),
  };
}

std::vector<Setting> search_settings() {
  return {
      name(MEMBER(search.strategy), "--strategy",
           {"strategy", "strategies", [] { return strategies().names(); }}, "search strategy"),
      with_scope(Scope::length,
                 integer(MEMBER(search.budget), "--budget", 1, 1'000'000'000,
                         "maximum number of proposals, duplicates included; none: 1000, or all for "
                         "exhaustive")),
      with_scope(Scope::length, number_above_0(MEMBER(search.max_seconds), "--max-seconds", 1e9,
                                               "time limit of the search in seconds")),
      integer(MEMBER(search.window), "--window", 1, 1'000'000,
              "proposals in flight; 1 is the sequential algorithm"),
      named_value(
          MEMBER(search.dedupe), "--dedupe", "kind of class", "kinds of class",
          NamedValues<Dedupe>{
              {"strict", Dedupe::strict}, {"score", Dedupe::score}, {"exact", Dedupe::exact}},
          "which cells count as one: equal networks, equal scores, or none"),
      integer(MEMBER(search.population), "--population", 2, 1'000'000,
              "evolution: architectures kept"),
      integer(MEMBER(search.tournament), "--tournament", 1, 1'000'000,
              "evolution: architectures that compete to be a parent; at most the population"),
      boolean(MEMBER(search.replacement), "--replacement", "--no-replacement",
              "random: an architecture may be proposed again"),
      // With it, most scores are from one draw, whatever score.repeats.
      with_scope(Scope::weights,
                 integer(MEMBER(search.refine), "--refine", 1, 1'000'000,
                         "best architectures that are scored with all --repeats at the end, the "
                         "others with one; none: all are")),
  };
}

/// The error in the text of limits, or nothing.
std::string cost_limit_problem(const std::string& limits) {
  try {
    (void)parse_cost_limits(limits);
    return {};
  } catch (const UsageError& error) {
    return error.what();
  }
}

std::vector<Setting> constraint_settings() {
  constexpr std::uint64_t most_params = 1'000'000'000'000;
  Setting max_cost = text(MEMBER(constraints.max_cost), "--max-cost", "NAME=VALUE",
                          "largest value of a cost by name: one of the space, such as params, or a "
                          "column of --cost-table; may be given several times");
  max_cost.repeatable = true;
  max_cost.check = cost_limit_problem;
  return {
      integer(MEMBER(constraints.min_params), "--min-params", 0, most_params,
              "smallest number of parameters"),
      integer(MEMBER(constraints.max_params), "--max-params", 1, most_params,
              "largest number of parameters"),
      integer(MEMBER(constraints.max_flops), "--max-flops", 1, 1'000'000'000'000'000,
              "largest number of multiply-accumulates for one image"),
      max_cost,
      path(
          MEMBER(constraints.cost_table), "--cost-table", "FILE.csv",
          "table of measured costs that --max-cost may limit: a column arch or index, and a column "
          "of numbers for each cost"),
  };
}

std::vector<Setting> run_settings() {
  Setting device = text(MEMBER(run.device), "--device", "DEVICE",
                        "where networks run; auto takes CUDA when it is usable");
  device.pattern = "^(auto|cpu|cuda(:(0|[1-9][0-9]{0,2}))?)$";
  device.pattern_words = "auto, cpu, cuda or cuda:K";
  device.scope = Scope::source;
  Setting workers =
      integer(MEMBER(run.workers), "--workers", 0, 1024,
              "parallel evaluations; never changes a result; 0: chosen by the program");
  workers.zero_name = "auto";
  workers.scope = Scope::nothing;
  // It changes the last digits of scores, like run.threads. Its key is that of earlier versions.
  Setting networks_per_batch = with_scope(
      Scope::search,
      integer(
          MEMBER(run.networks_per_batch), "--networks-per-batch", 0, 4096,
          "networks per batch of a worker; 0: one on the CPU, as many as fit the memory on CUDA"));
  networks_per_batch.former_key = "run.at_once";
  networks_per_batch.former_flag = "--at-once";
  networks_per_batch.zero_name = "auto";
  return {
      integer(MEMBER(run.seed), "--seed", 0, std::numeric_limits<std::uint64_t>::max(),
              "seed of everything random"),
      device,
      workers,
      // They change the last digits of scores.
      with_scope(Scope::search,
                 integer(MEMBER(run.threads), "--threads", 1, 1024, "threads of each worker")),
      networks_per_batch,
      with_scope(Scope::nothing,
                 integer(MEMBER(run.max_memory), "--max-memory", 1, 1 << 30,
                         "memory limit for the tensors of a worker on the CPU, in MiB; evaluations "
                         "that need more recompute activations, or fail")),
      boolean(MEMBER(run.tf32), "--tf32", "--no-tf32",
              "CUDA: factors of products are rounded to 10 bits; faster, but changes scores"),
      with_scope(
          Scope::search,
          boolean(
              MEMBER(run.channels_last), "--channels-last", "--no-channels-last",
              "channels-last memory order for training, and on CUDA for networks evaluated alone")),
  };
}

std::vector<Setting> train_settings() {
  constexpr std::uint64_t most_images = 1'000'000'000;
  std::vector<Setting> all = {
      text(MEMBER(train.arch), "--arch", "ARCH", "architecture to train"),
      path(MEMBER(train.weights), "--weights", "FILE.pt",
           "state dict to start from, or checkpoint that has one, written by torch.save; empty: "
           "weights drawn from the seed"),
      integer(MEMBER(train.epochs), "--epochs", 1, 100'000,
              "passes over the images; NAS-Bench-201 has 12 and 200"),
      integer(MEMBER(train.batch_size), "--batch-size", 2, 65536, "images in a step"),
      number_above_0(MEMBER(train.learning_rate), "--lr", 100,
                     "learning rate of the first epoch; falls to 0 along half a cosine"),
      number_from_0(MEMBER(train.momentum), "--momentum", 1, "Nesterov momentum"),
      number_from_0(MEMBER(train.weight_decay), "--weight-decay", 1,
                    "of all parameters: added to their gradients, times the parameters"),
      integer(MEMBER(train.images), "--train-images", 2, most_images,
              "train on this many images, drawn at random; none: all"),
      integer(MEMBER(train.test_images), "--test-images", 1, most_images,
              "evaluate on this many images, drawn at random; none: all"),
      number_above_0(MEMBER(train.holdout), "--holdout", 0.9,
                     "hold out this fraction of the training images, drawn at random, for "
                     "evaluation instead of the test images"),
      path(MEMBER(train.test_root), "--test-root", "DIR",
           "folder of the test images of --data folder, with the same classes"),
      with_scope(Scope::nothing,
                 integer(MEMBER(train.checkpoint_every), "--checkpoint-every", 1, 100'000,
                         "epochs from one checkpoint to the next; an interrupted run writes one, "
                         "too")),
  };
  for (Setting& setting : all) setting.purposes = {Purpose::training};
  return all;
}

#undef MEMBER
#undef IMAGE_SIDE

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
