#include "options.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <memory>
#include <optional>
#include <stdexcept>

#include "wrcor/config/settings.h"
#include "wrcor/core/error.h"
#include "wrcor/core/registry.h"
#include "wrcor/space/builtin.h"

namespace wrcor::cli {
namespace {

std::string placeholder(const Setting& setting) {
  if (!setting.placeholder.empty()) return setting.placeholder;
  switch (setting.type) {
    case SettingType::integer:
      return "N";
    case SettingType::number:
      return "X";
    case SettingType::text_list:
      return "NAME,...";
    default:
      return "NAME";
  }
}

std::string shown_default(const Setting& setting, const ConfigSources& sources) {
  const auto own = sources.defaults.find(setting.key);
  if (own != sources.defaults.end()) return own->second;
  const nlohmann::json value = setting.default_value();
  if (value.is_null()) return "none";
  if (value.is_array()) return join(value.get<std::vector<std::string>>(), ",");
  if (!value.is_string()) return value.dump();
  const auto text = value.get<std::string>();
  return text.empty() ? "empty" : text;
}

std::string help_text(const Setting& setting, const ConfigSources& sources) {
  std::vector<std::string> notes{"default " + shown_default(setting, sources)};
  if (setting.type != SettingType::boolean) {
    constexpr std::size_t longest = 120;
    const std::string accepted = accepted_values(setting);
    if (accepted.size() > longest) {
      notes.push_back("see wrcor list");
    } else if (!accepted.empty()) {
      notes.push_back(accepted);
    }
  }
  notes.push_back("$" + setting.environment_name());
  return setting.description + "\n(" + join(notes, "; ") + ")";
}

std::string group_title(const Setting& setting) {
  const auto& sections = setting_sections();
  const auto found = std::find_if(sections.begin(), sections.end(), [&](const auto& section) {
    return section.name == setting.section();
  });
  return "Section " + found->name + ": " + found->description;
}

void add_setting(CLI::App& command, const Setting& setting, ConfigSources& target) {
  const auto take = [&target, key = setting.key,
                     joins = setting.repeatable](const std::string& text) {
    std::string& taken = target.flags[key];
    taken = joins && !taken.empty() ? taken + "," + text : text;
  };
  if (setting.is_space_option && !setting.flag.starts_with("--" + setting.name())) return;
  const std::string group = group_title(setting);
  if (setting.type != SettingType::boolean) {
    CLI::Option* option = setting.repeatable
                              ? command
                                    .add_option_function<std::vector<std::string>>(
                                        setting.flag,
                                        [take](const std::vector<std::string>& texts) {
                                          for (const std::string& text : texts) take(text);
                                        },
                                        help_text(setting, target))
                                    ->expected(1)
                                    ->allow_extra_args(false)
                                    ->take_all()
                              : command.add_option_function<std::string>(
                                    setting.flag, take, help_text(setting, target));
    option->type_name(placeholder(setting))->group(group);
    if (setting.choices) set_candidates(*option, setting.choices->names());
    if (!setting.former_flag.empty()) {
      command.add_option_function<std::string>(setting.former_flag, take)
          ->excludes(option)
          ->group("");  // hidden from the help
    }
    return;
  }
  auto* positive = command.add_flag_callback(
      setting.flag, [take] { take("true"); }, help_text(setting, target));
  auto* negative = command.add_flag_callback(
      setting.negative_flag, [take] { take("false"); }, "the opposite of " + setting.flag);
  positive->group(group)->excludes(negative);
  negative->group(group);
}

/// "SPACE: option, option; SPACE: option"
std::string options_by_space() {
  std::vector<std::string> spaces_with_options;
  for (const auto& space : spaces().entries()) {
    std::vector<std::string> names;
    for (const SpaceOption& option : space.value.options) names.push_back(option.name);
    if (!names.empty()) spaces_with_options.push_back(space.name + ": " + join(names));
  }
  return join(spaces_with_options, "; ");
}

/// The options of a space that have no flag of their own, as KEY=VALUE.
void add_space_options(CLI::App& command, ConfigSources& target) {
  std::vector<std::string> names;
  for (const Setting& setting : settings()) {
    if (setting.is_space_option) names.push_back(setting.name());
  }
  const auto take = [&target, names](const std::vector<std::string>& given) {
    for (const std::string& text : given) {
      const std::size_t equals = text.find('=');
      if (equals == text.npos)
        throw UsageError("--space-option: expected KEY=VALUE, got " + in_quotes(text));
      const std::string name = text.substr(0, equals);
      if (std::find(names.begin(), names.end(), name) == names.end())
        throw UsageError("--space-option: " +
                         unknown_name_message("option", "options", name, names));
      if (!target.flags.emplace("space." + name, text.substr(equals + 1)).second)
        throw UsageError("--space-option: " + in_quotes(name) + " is given twice");
    }
  };
  command
      .add_option_function<std::vector<std::string>>(
          "--space-option", take,
          "option of the space; may be given several times\n(" + options_by_space() + ")")
      ->type_name("KEY=VALUE")
      ->expected(1)
      ->allow_extra_args(false)
      ->take_all()
      ->group("Section space: the search space and the size of its networks");
}

/// Whether two names refer to one file, which need not exist yet.
bool are_one(const std::filesystem::path& a, const std::filesystem::path& b) {
  std::error_code unreachable;  // opening it reports the error
  if (std::filesystem::exists(a, unreachable))
    return std::filesystem::equivalent(a, b, unreachable);
  const auto place = [&](const std::filesystem::path& path) {
    return std::filesystem::weakly_canonical(std::filesystem::absolute(path), unreachable);
  };
  return !unreachable && place(a) == place(b);
}

}  // namespace

void add_settings(CLI::App& command, const std::vector<std::string>& keys, ConfigSources& target) {
  command
      .add_option_function<std::string>(
          "--config", [&target](const std::string& path) { target.file = path; },
          "YAML or JSON file with settings; flags and environment variables win over it")
      ->type_name("FILE");
  for (const std::string& key : keys) {
    bool known = false;
    for (const Setting& setting : settings()) {
      if (setting.key != key && setting.section() != key) continue;
      add_setting(command, setting, target);
      target.taken.insert(setting.key);
      known = true;
    }
    if (key == "space" || key == "space.name") add_space_options(command, target);
    if (!known) throw std::logic_error("no setting or section is called " + key);
  }
}

void add_logging(CLI::App& command, LoggingOptions& target) {
  const std::string group = "Messages";
  auto* quiet = command.add_flag("--quiet,-q", target.quiet, "show errors only on standard error");
  auto* verbose = command.add_flag("--verbose,-v", target.verbose, "show more on standard error");
  quiet->group(group)->excludes(verbose);
  verbose->group(group);
  add_path(command, "--log-file", target.log_file, "FILE", "append all messages to this file")
      .group(group);
}

void apply_logging(const LoggingOptions& options,
                   const std::vector<std::filesystem::path>& written) {
  const Verbosity verbosity = options.quiet     ? Verbosity::quiet
                              : options.verbose ? Verbosity::verbose
                                                : Verbosity::normal;
  std::optional<std::filesystem::path> file;
  if (!options.log_file.empty()) {
    file = options.log_file;
    for (const std::filesystem::path& other : written) {
      if (!are_one(*file, other)) continue;
      throw UsageError("--log-file: " + in_quotes(file->string()) +
                       " is written by the command itself; choose another file for messages");
    }
  }
  configure_logging(verbosity, file);
}

void add_choice(CLI::App& command, const std::string& name, std::string& target,
                const std::vector<std::string>& choices, const std::string& description) {
  const auto check = [choices](const std::string& given) -> std::string {
    if (std::find(choices.begin(), choices.end(), given) != choices.end()) return {};
    return "expected one of " + join(choices) + ", got " + in_quotes(given);
  };
  const std::string fallback = target.empty() ? "" : "default " + target + "; ";
  CLI::Option* option =
      command.add_option(name, target, description + "\n(" + fallback + join(choices, "|") + ")")
          ->check(check)
          ->type_name("NAME");
  set_candidates(*option, choices);
}

// CLI11 stores the description of a validator in its option.
void set_candidates(CLI::Option& option, const std::vector<std::string>& names) {
  const auto accept = [](std::string&) { return std::string(); };
  option.check(CLI::Validator(accept, join(names, "|"), "candidates"));
}

std::vector<std::string> candidates_of(CLI::Option& option) {
  try {
    return CLI::detail::split(option.get_validator("candidates")->get_description(), '|');
  } catch (const CLI::OptionNotFound&) {
    return {};
  }
}

std::string placeholder_of(const CLI::Option& option) {
  if (option.get_items_expected_max() == 0) return {};
  const std::string type = option.get_type_name();  // followed by the validators' descriptions
  return type.substr(0, type.find(':'));
}

CLI::Option& add_whole_number(CLI::App& command, const std::string& name, int& target, int least,
                              int most, const std::string& description) {
  const auto check = [least, most](const std::string& text) -> std::string {
    int number = 0;
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, number);
    if (error == std::errc() && stop == end && number >= least && number <= most) return {};
    return "expected an integer from " + std::to_string(least) + " to " + std::to_string(most) +
           ", got " + in_quotes(text);
  };
  return *command
              .add_option(name, target,
                          description + "\n(default " + std::to_string(target) + "; " +
                              std::to_string(least) + " to " + std::to_string(most) + ")")
              ->check(check)
              ->type_name("N");
}

CLI::Option& add_number(CLI::App& command, const std::string& name, double& target, double least,
                        double most, const std::string& description) {
  const std::string range = fmt::format("{:g} to {:g}", least, most);
  const auto check = [least, most, range](const std::string& text) -> std::string {
    double number = 0;
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, number);
    // Not a number fails both comparisons.
    if (error == std::errc() && stop == end && number >= least && number <= most) return {};
    return "expected a number from " + range + ", got " + in_quotes(text);
  };
  return *command
              .add_option(name, target,
                          description + fmt::format("\n(default {:g}; {})", target, range))
              ->check(check)
              ->type_name("NUMBER");
}

CLI::Option& add_path(CLI::App& command, const std::string& name, std::string& target,
                      const std::string& placeholder, const std::string& description) {
  const auto check = [](const std::string& text) -> std::string {
    return text.empty() ? "expected a path, got ''" : "";
  };
  return *command.add_option(name, target, description)->check(check)->type_name(placeholder);
}

std::uint64_t whole_number(const std::string& what, const std::string& text, std::uint64_t least,
                           std::uint64_t most) {
  std::uint64_t number = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || stop != end || number < least || number > most) {
    throw UsageError(what + ": expected an integer from " + std::to_string(least) + " to " +
                     std::to_string(most) + ", got " + in_quotes(text));
  }
  return number;
}

void set_action(CLI::App& command, const std::function<void()>& action,
                const std::function<std::vector<std::filesystem::path>()>& written) {
  auto logging = std::make_shared<LoggingOptions>();
  add_logging(command, *logging);
  command.callback([logging, action, written] {
    apply_logging(*logging, written ? written() : std::vector<std::filesystem::path>());
    action();
  });
}

void set_example(CLI::App& command, const std::string& example) {
  command.footer("Example:\n  " + example);
}

}  // namespace wrcor::cli
