#include "help.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <vector>

#include "options.h"
#include "wrcor/core/registry.h"

namespace wrcor::cli {
namespace {

constexpr std::size_t summary_column = 32;

/// The text with a line feed for a space where a line would be longer than the width.
std::string wrapped(std::string text, std::size_t width) {
  for (std::size_t start = 0; start < text.size();) {
    const std::size_t end = std::min(text.find('\n', start), text.size());
    if (end - start <= width) {
      start = end + 1;
      continue;
    }
    std::size_t space = text.rfind(' ', start + width);
    if (space == text.npos || space <= start) space = text.find(' ', start);
    if (space >= end) {  // one long word
      start = end + 1;
      continue;
    }
    text[space] = '\n';
    start = space + 1;
  }
  return text;
}

/// "  name        summary", with the summary below a name that is too long, and in its column.
std::string entry(const std::string& name, const std::string& summary, std::optional<int> columns) {
  constexpr std::size_t least_width = 40;
  std::string text = fmt::format("{:<{}}", "  " + name, summary_column);
  const std::string indent(summary_column, ' ');
  if (text.size() > summary_column) text += "\n" + indent;
  const auto width = static_cast<std::size_t>(columns.value_or(0));
  const std::string lines =
      columns ? wrapped(summary, std::max(width, summary_column + least_width) - summary_column)
              : summary;
  for (const char c : lines) {
    text += c;
    if (c == '\n') text += indent;
  }
  return text + "\n";
}

bool is_list(const CLI::Option& option) {
  return option.get_expected_max() == CLI::detail::expected_max_vector_size;
}

/// "-q,--quiet", or the name of a positional argument.
std::string name_of(const CLI::Option& option) {
  if (option.get_positional() && !option.nonpositional()) return option.get_name(true, false);
  std::vector<std::string> spellings;
  for (const std::string& name : option.get_snames()) spellings.push_back("-" + name);
  for (const std::string& name : option.get_lnames()) spellings.push_back("--" + name);
  return join(spellings, ",");
}

std::string option_entry(const CLI::Option& option, std::optional<int> columns) {
  std::string name = name_of(option);
  if (const std::string placeholder = placeholder_of(option); !placeholder.empty()) {
    name += " " + placeholder + (is_list(option) ? " ..." : "") +
            (option.get_required() ? " REQUIRED" : "");
  }
  return entry(name, option.get_description(), columns);
}

using Options = std::vector<const CLI::Option*>;

Options positionals_of(const CLI::App& command) {
  return command.get_options([](const CLI::Option* option) { return option->get_positional(); });
}

std::string section(const std::string& title, const Options& options, std::optional<int> columns) {
  std::string text = "\n" + title + ":\n";
  for (const CLI::Option* option : options) text += option_entry(*option, columns);
  return text;
}

std::vector<const CLI::App*> subcommands_of(const CLI::App& command) {
  return command.get_subcommands([](const CLI::App*) { return true; });
}

/// "Usage: wrcor list [OPTIONS] [kind]"
std::string usage(const CLI::App& command, const std::string& name) {
  std::string text = "Usage: " + name + " [OPTIONS]";
  for (const CLI::Option* option : positionals_of(command)) {
    const std::string word = option->get_name(true, false) + (is_list(*option) ? "..." : "");
    text += option->get_required() ? " " + word : " [" + word + "]";
  }
  if (!subcommands_of(command).empty()) text += " SUBCOMMAND";
  return text + "\n";
}

/// Every group of options, the one without a name first.
std::string sections_of(const CLI::App& command, std::optional<int> columns) {
  std::string text;
  const std::string unnamed = command.get_help_ptr()->get_group();
  const std::vector<std::string> groups = command.get_groups();
  for (const std::string& group : groups) {
    const Options options = command.get_options([&](const CLI::Option* option) {
      return option->nonpositional() && option->get_group() == group;
    });
    if (group.empty() || options.empty()) continue;
    text += section(group == unnamed ? "Options" : group, options, columns);
    if (group != groups.back()) text += "\n";
  }
  return text;
}

}  // namespace

std::string HelpFormatter::make_help(const CLI::App* command, std::string name,
                                     CLI::AppFormatMode /*mode*/) const {
  std::string text = command->get_description() + "\n" + usage(*command, name);
  if (const Options positionals = positionals_of(*command); !positionals.empty())
    text += section("Positionals", positionals, columns_);
  text += sections_of(*command, columns_);
  const std::vector<const CLI::App*> subcommands = subcommands_of(*command);
  if (!subcommands.empty()) text += "\nSubcommands:\n";
  for (const CLI::App* sub : subcommands)
    text += entry(sub->get_name(), sub->get_description(), columns_);
  const std::string footer = command->get_footer();
  return text + "\n" + (footer.empty() ? "" : footer + "\n");
}

}  // namespace wrcor::cli
