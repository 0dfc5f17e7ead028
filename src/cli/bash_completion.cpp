#include <sstream>

#include "completion.h"
#include "wrcor/core/registry.h"

namespace wrcor::cli {
namespace {

/// The part that does not depend on the commands. A word --option=value arrives as three, because
/// '=' breaks words.
constexpr const char* functions = R"(
_wrcor_names() { mapfile -t COMPREPLY < <(compgen -W "$1" -- "$2"); }

_wrcor_list() {
  local before=
  [[ $2 == *,* ]] && before=${2%,*},
  mapfile -t COMPREPLY < <(compgen -P "$before" -W "$1" -- "${2##*,}")
  compopt -o nospace
}

_wrcor_paths() {
  mapfile -t COMPREPLY < <(compgen "$1" -- "$2")
  compopt -o filenames
}

_wrcor() {
  local current=${COMP_WORDS[COMP_CWORD]} option=${COMP_WORDS[COMP_CWORD - 1]} command= word
  if [[ $current == = ]]; then
    current=
  elif [[ $option == = ]]; then
    option=${COMP_WORDS[COMP_CWORD - 2]}
  fi
  for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$command $word" in
)";

/// A shell pattern for options of the command: "'search --out'|'search --config'".
std::string pattern(const std::string& command, const OptionWords& option) {
  std::vector<std::string> patterns;
  for (const std::string& spelling : option.spellings)
    patterns.push_back("'" + command + " " + spelling + "'");
  return join(patterns, " | ");
}

/// The command that proposes values; empty if it has none to propose.
std::string proposal(const OptionWords& option) {
  switch (option.values) {
    case Values::names:
      return "_wrcor_names '" + join(option.names, " ") + "' \"$current\"";
    case Values::list:
      return "_wrcor_list '" + join(option.names, " ") + "' \"$current\"";
    case Values::files:
      return "_wrcor_paths -f \"$current\"";
    case Values::folders:
      return "_wrcor_paths -d \"$current\"";
    default:
      return {};
  }
}

struct Cases {
  std::ostringstream commands;  ///< the words that are commands
  std::ostringstream values;    ///< the words that may follow an option
  std::ostringstream words;     ///< the other words that may follow a command
};

void add_command(Cases& cases, const CommandWords& command, const std::string& path) {
  std::vector<std::string> options;
  for (const OptionWords& option : command.options) {
    options.insert(options.end(), option.spellings.begin(), option.spellings.end());
    if (option.values == Values::none) continue;
    const std::string values = proposal(option);
    cases.values << "    " << pattern(path, option) << ") " << values << (values.empty() ? "" : " ")
                 << ";;\n";
  }
  std::vector<std::string> commands;
  for (const CommandWords& sub : command.commands) commands.push_back(sub.name);
  const std::string argument = command.arguments.empty() ? "" : proposal(command.arguments.front());
  cases.words << "    '" << path << " -') _wrcor_names '" << join(options, " ")
              << "' \"$current\" ;;\n";
  if (!commands.empty()) {
    cases.words << "    '" << path << " ') _wrcor_names '" << join(commands, " ")
                << "' \"$current\" ;;\n";
  } else if (!argument.empty()) {
    cases.words << "    '" << path << " ') " << argument << " ;;\n";
  }
  for (const CommandWords& sub : command.commands) {
    const std::string below = path.empty() ? sub.name : path + " " + sub.name;
    cases.commands << "      '" << path << " " << sub.name << "') command='" << below << "' ;;\n";
    add_command(cases, sub, below);
  }
}

}  // namespace

std::string bash_completion(const CommandWords& program) {
  Cases cases;
  add_command(cases, program, "");
  return "# Completion of " + program.name + " for bash, as printed by '" + program.name +
         " completion bash'.\n" + functions + cases.commands.str() +
         "    esac\n"
         "  done\n"
         "  COMPREPLY=()\n"
         "  case \"$command $option\" in\n" +
         cases.values.str() +
         "    *)\n"
         "      local kind=\n"
         "      [[ $current == -* ]] && kind=-\n"
         "      case \"$command $kind\" in\n" +
         cases.words.str() +
         "      esac\n"
         "      ;;\n"
         "  esac\n"
         "}\n\n"
         "complete -F _wrcor " +
         program.name + "\n";
}

}  // namespace wrcor::cli
