#include "command_words.h"

#include <algorithm>

#include "options.h"

namespace wrcor::cli {
namespace {

std::vector<std::string> spellings_of(const CLI::Option& option) {
  std::vector<std::string> spellings;
  for (const std::string& name : option.get_snames()) spellings.push_back("-" + name);
  for (const std::string& name : option.get_lnames()) spellings.push_back("--" + name);
  return spellings;
}

/// The placeholders of the help distinguish files, folders and lists.
Values values_of(const std::string& placeholder, bool has_names) {
  if (placeholder.empty()) return Values::none;
  if (has_names) return placeholder.ends_with(",...") ? Values::list : Values::names;
  if (placeholder.starts_with("FILE")) return Values::files;
  if (placeholder.starts_with("DIR")) return Values::folders;
  return Values::text;
}

/// On one line, without the default and the accepted values, which follow in parentheses.
std::string summary_of(const CLI::Option& option) {
  std::string text = option.get_description();
  if (text.ends_with(')')) text.resize(std::min(text.size(), text.rfind("\n(")));
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text;
}

OptionWords option_words(CLI::Option& option) {
  OptionWords words;
  words.spellings = spellings_of(option);
  words.summary = summary_of(option);
  words.placeholder = placeholder_of(option);
  words.names = candidates_of(option);
  words.values = values_of(words.placeholder, !words.names.empty());
  words.repeatable = option.get_expected_max() == CLI::detail::expected_max_vector_size;
  return words;
}

}  // namespace

CommandWords command_words(CLI::App& command) {
  CommandWords words{command.get_name(), command.get_description(), {}, {}, {}};
  for (CLI::Option* option : command.get_options()) {
    if (option->get_group().empty()) continue;  // a former name
    (option->nonpositional() ? words.options : words.arguments).push_back(option_words(*option));
  }
  for (CLI::App* sub : command.get_subcommands([](CLI::App*) { return true; })) {
    words.commands.push_back(command_words(*sub));
  }
  return words;
}

}  // namespace wrcor::cli
