#include <sstream>

#include "completion.h"
#include "wrcor/core/registry.h"

namespace wrcor::cli {
namespace {

/// In single quotes, with the characters of `special` escaped.
std::string zsh_quoted(const std::string& text, const std::string& special = {}) {
  std::string result = "'";
  for (const char c : text) {
    if (c == '\'') {
      result += "'\\''";
    } else {
      if (special.find(c) != std::string::npos) result += '\\';
      result += c;
    }
  }
  return result + "'";
}

std::string bare(const std::string& in_quotes) { return in_quotes.substr(1, in_quotes.size() - 2); }

/// ":FILE:_files", the part of a specification of _arguments that describes a value.
std::string zsh_value(const OptionWords& option) {
  const std::string message = ":" + bare(zsh_quoted(option.placeholder, ":")) + ":";
  switch (option.values) {
    case Values::none:
      return {};
    case Values::names:
      return message + "(" + join(option.names, " ") + ")";
    case Values::list:
      return message + "_sequence compadd - " + join(option.names, " ");
    case Values::files:
      return message + "_files";
    case Values::folders:
      return message + "_files -/";
    case Values::text:
      return message + " ";
  }
  return {};
}

/// One specification for each spelling of an option; each excludes them all, unless repeatable.
std::string option_specification(const OptionWords& option) {
  const std::string summary = bare(zsh_quoted(option.summary, "[]\\:"));
  const std::string before = option.repeatable ? "*" : "(" + join(option.spellings, " ") + ")";
  std::string text;
  for (const std::string& spelling : option.spellings) {
    const bool joined = option.values != Values::none && spelling.starts_with("--");
    text += " \\\n    '" + before + spelling + (joined ? "=" : "") + "[" + summary + "]" +
            zsh_value(option) + "'";
  }
  return text;
}

std::string argument_specification(const OptionWords& argument) {
  return " \\\n    '" + std::string(argument.repeatable ? "*" : "") + zsh_value(argument) + "'";
}

std::string function_name(const std::string& path) {
  std::string name = "_" + path;
  for (char& c : name) {
    if (c == ' ') c = '_';
  }
  return name;
}

/// The functions of a command and of its subcommands.
void add_functions(std::ostringstream& script, const CommandWords& command,
                   const std::string& path) {
  script << "\n" << function_name(path) << "() {\n";
  if (!command.commands.empty()) script << "  local state line\n  local -A opt_args\n";
  script << "  _arguments -s" << (command.commands.empty() ? "" : " -C");
  for (const OptionWords& option : command.options) script << option_specification(option);
  for (const OptionWords& argument : command.arguments) script << argument_specification(argument);
  if (!command.commands.empty()) {
    script << " \\\n    '1:command:->command' '*::argument:->argument' && return\n"
              "  case $state in\n"
              "    command)\n"
              "      local -a commands=(\n";
    for (const CommandWords& sub : command.commands)
      script << "        " << zsh_quoted(sub.name + ":" + sub.summary) << "\n";
    script << "      )\n"
              "      _describe command commands\n"
              "      ;;\n"
              "    argument)\n"
              "      case $words[1] in\n";
    for (const CommandWords& sub : command.commands)
      script << "        " << sub.name << ") " << function_name(path + " " + sub.name) << " ;;\n";
    script << "      esac\n"
              "      ;;\n"
              "  esac";
  }
  script << "\n}\n";
  for (const CommandWords& sub : command.commands)
    add_functions(script, sub, path + " " + sub.name);
}

}  // namespace

std::string zsh_completion(const CommandWords& program) {
  std::ostringstream script;
  script << "#compdef " << program.name << "\n# Completion of " << program.name
         << " for zsh, as printed by '" << program.name << " completion zsh'.\n";
  add_functions(script, program, program.name);
  const std::string function = function_name(program.name);
  script << "\n# Run by the completion system from a file, or read by 'source'.\n"
         << "if [[ $funcstack[1] == " << function << " ]]; then\n  " << function
         << " \"$@\"\nelse\n  compdef " << function << " " << program.name << "\nfi\n";
  return script.str();
}

}  // namespace wrcor::cli
