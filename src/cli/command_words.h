#pragma once

#include <CLI/App.hpp>
#include <string>
#include <vector>

namespace wrcor::cli {

/// The kind of values of an option or an argument.
enum class Values {
  none,   ///< nothing: a flag
  text,   ///< anything; nothing to propose
  names,  ///< one of OptionWords::names
  list,   ///< some of them, separated by commas
  files,
  folders,
};

/// One option, or one positional argument, for the completion of a shell.
struct OptionWords {
  std::vector<std::string> spellings;  ///< {"-q", "--quiet"}; none: an argument
  std::string summary;                 ///< one line
  std::string placeholder;             ///< "FILE"; empty for a flag
  Values values = Values::none;
  std::vector<std::string> names = {};
  bool repeatable = false;
};

/// One command with the words that may follow it, and its subcommands.
struct CommandWords {
  std::string name;
  std::string summary;
  std::vector<OptionWords> options;
  std::vector<OptionWords> arguments;
  std::vector<CommandWords> commands;
};

/// The words of a command line, from the definitions of the command-line parser.
CommandWords command_words(CLI::App& command);

}  // namespace wrcor::cli
