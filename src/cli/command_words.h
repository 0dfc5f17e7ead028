#pragma once

#include <CLI/App.hpp>
#include <string>
#include <vector>

namespace wrcor::cli {

/// What may be written for an option or an argument.
enum class Values {
  none,   ///< nothing: a flag
  text,   ///< anything; there is nothing to propose
  names,  ///< one of OptionWords::names
  list,   ///< some of them, with commas between
  files,
  folders,
};

/// One option, or one argument without an option's name, as a shell has to know it.
struct OptionWords {
  std::vector<std::string> spellings;  ///< {"-q", "--quiet"}; none: an argument
  std::string summary;                 ///< one line
  std::string placeholder;             ///< "FILE"; empty for a flag
  Values values = Values::none;
  std::vector<std::string> names = {};
  bool repeatable = false;
};

/// One command with all that may follow it, and the commands below it.
struct CommandWords {
  std::string name;
  std::string summary;
  std::vector<OptionWords> options;
  std::vector<OptionWords> arguments;
  std::vector<CommandWords> commands;
};

/// The words of a command line, from the definitions that the program reads command lines by.
CommandWords command_words(CLI::App& command);

}  // namespace wrcor::cli
