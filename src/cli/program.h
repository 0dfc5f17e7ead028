#pragma once

#include <CLI/App.hpp>
#include <exception>
#include <functional>
#include <map>
#include <set>
#include <string>

namespace wrcor::cli {

/// One of the two executables that are the program: `wrcor`, which does not use libtorch and so
/// starts at once, and `wrcor-engine`, which takes over if libtorch is needed.
struct Executable {
  /// The set-up functions of the commands, by name.
  std::map<std::string, std::function<void(CLI::App& command)>> setups;
  /// Commands that it leaves to the engine.
  std::set<std::string> of_engine = {};
  /// Called for a command line that names one of those. Does not return.
  std::function<void()> hand_over = {};
  /// Whether an error of a library reports exhausted memory.
  std::function<bool(const std::exception& error)> is_out_of_memory = {};
};

/// The program: passes the command line to a command and converts its exceptions into messages.
/// @return the exit code
int run_program(int argc, char** argv, const Executable& executable);

}  // namespace wrcor::cli
