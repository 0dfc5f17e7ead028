#pragma once

#include <CLI/App.hpp>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "wrcor/config/config_loader.h"
#include "wrcor/core/log.h"

namespace wrcor::cli {

// The targets of these functions must live as long as the subcommand: keep them in an object that
// the subcommand's callback shares.

/// Adds a flag for each of the named settings, with help from their definitions, and --config.
/// Values from the command line go into `target`.
/// @param keys  settings ("search.budget") or whole sections ("search")
void add_settings(CLI::App& command, const std::vector<std::string>& keys, ConfigSources& target);

struct LoggingOptions {
  bool quiet = false;
  bool verbose = false;
  std::string log_file;
};

/// Adds --quiet, --verbose and --log-file.
void add_logging(CLI::App& command, LoggingOptions& target);
/// @param written  files that the command itself writes
/// @throws UsageError when the log file is one of them, or cannot be opened
void apply_logging(const LoggingOptions& options,
                   const std::vector<std::filesystem::path>& written);

/// Adds an option that takes one of `choices`; the target's current value is the default.
void add_choice(CLI::App& command, const std::string& name, std::string& target,
                const std::vector<std::string>& choices, const std::string& description);

/// Records the names that an option takes, for completion; values are validated elsewhere.
void set_candidates(CLI::Option& option, const std::vector<std::string>& names);
/// The names recorded for the option; none if it takes something else.
std::vector<std::string> candidates_of(CLI::Option& option);
/// The placeholder of the option's value in the help: "FILE", "NAME,..."; empty for a flag.
std::string placeholder_of(const CLI::Option& option);

/// Adds an option that takes an integer from `least` to `most`; the target's current value is the
/// default.
CLI::Option& add_whole_number(CLI::App& command, const std::string& name, int& target, int least,
                              int most, const std::string& description);

/// Adds an option that takes a finite number from `least` to `most`; the target's current value is
/// the default.
CLI::Option& add_number(CLI::App& command, const std::string& name, double& target, double least,
                        double most, const std::string& description);

/// Adds an option that takes the name of a file or folder. An empty one, as of a shell variable
/// that is not set, is refused.
/// @param placeholder  of the name in the help: "FILE"
CLI::Option& add_path(CLI::App& command, const std::string& name, std::string& target,
                      const std::string& placeholder, const std::string& description);

/// A text as an integer. @param what  the purpose of the text, for messages @throws UsageError
std::uint64_t whole_number(const std::string& what, const std::string& text, std::uint64_t least,
                           std::uint64_t most);

/// Sets the action of the subcommand; adds the flags for logging, which take effect before it.
/// @param written  files that the action writes, which cannot be the log file
void set_action(CLI::App& command, const std::function<void()>& action,
                const std::function<std::vector<std::filesystem::path>()>& written = {});

/// Sets the text below the help: one example.
void set_example(CLI::App& command, const std::string& example);

}  // namespace wrcor::cli
