#include <sstream>

#include "completion.h"
#include "wrcor/core/registry.h"

namespace wrcor::cli {
namespace {

std::string fish_quoted(const std::string& text) {
  std::string result = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') result += '\\';
    result += c;
  }
  return result + "'";
}

/// The value of an option: -x takes a value that is not a file, -r one that may be.
std::string fish_value(const OptionWords& option) {
  switch (option.values) {
    case Values::none:
      return {};
    case Values::names:
      return " -x -a " + fish_quoted(join(option.names, " "));
    case Values::list:
      return " -x -a " + fish_quoted("(__fish_append , " + join(option.names, " ") + ")");
    case Values::files:
      return " -r -F";
    case Values::folders:
      return " -x -a '(__fish_complete_directories (commandline -ct))'";
    case Values::text:
      return " -x";
  }
  return {};
}

std::string spelled(const OptionWords& option) {
  std::string text;
  for (const std::string& spelling : option.spellings) {
    text += spelling.starts_with("--") ? " -l " + spelling.substr(2) : " -s " + spelling.substr(1);
  }
  return text;
}

/// @param nested  the commands with subcommands
void add_command(std::ostringstream& script, const CommandWords& command, const std::string& path,
                 const std::string& program) {
  const std::string line = "complete -c " + program + " -n " +
                           fish_quoted("test (__" + program + "_command) = " + fish_quoted(path));
  for (const CommandWords& sub : command.commands)
    script << line << " -a " << sub.name << " -d " << fish_quoted(sub.summary) << "\n";
  for (const OptionWords& argument : command.arguments) {
    const std::string values = fish_value(argument);
    if (argument.values == Values::text) continue;
    script << line << values.substr(values.find(' ', 1)) << " -d " << fish_quoted(argument.summary)
           << "\n";
  }
  for (const OptionWords& option : command.options)
    script << line << spelled(option) << fish_value(option) << " -d " << fish_quoted(option.summary)
           << "\n";
  for (const CommandWords& sub : command.commands)
    add_command(script, sub, path.empty() ? sub.name : path + " " + sub.name, program);
}

void add_paths(std::ostringstream& script, const CommandWords& command, const std::string& path) {
  for (const CommandWords& sub : command.commands) {
    const std::string below = path.empty() ? sub.name : path + " " + sub.name;
    script << "            case " << fish_quoted(path + " " + sub.name)
           << "\n                set command " << fish_quoted(below) << "\n";
    add_paths(script, sub, below);
  }
}

}  // namespace

std::string fish_completion(const CommandWords& program) {
  std::ostringstream script;
  script << "# Completion of " << program.name << " for fish, as printed by '" << program.name
         << " completion fish'.\n\n"
         << "function __" << program.name << "_command --description 'The command typed so far'\n"
         << "    set -l command ''\n"
         << "    for word in (commandline -opc)[2..]\n"
         << "        switch \"$command $word\"\n";
  add_paths(script, program, "");
  script << "        end\n    end\n    echo $command\nend\n\ncomplete -c " << program.name
         << " -f\n";
  add_command(script, program, "", program.name);
  return script.str();
}

}  // namespace wrcor::cli
