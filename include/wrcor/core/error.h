#pragma once

#include <cstddef>
#include <stdexcept>
#include <string>
#include <vector>

namespace wrcor {

/// Exit codes of the program, as `wrcor --help` lists them.
enum class ExitCode : int {
  success = 0,
  failure = 1,
  usage = 2,
  data = 3,
  no_feasible = 4,
  different = 5,
  interrupted = 130,
  terminated = 143,
};

/// Base of every error that a user can cause or must know about. The message is one line (or one
/// line for each of several problems) that names what was given, what was expected and what to do.
/// Whatever a message quotes, each line is printable() and of at most longest_line bytes.
class Error : public std::runtime_error {
 public:
  static constexpr std::size_t longest_line = 2000;
  static constexpr std::size_t most_lines = 20;  ///< of several problems; the last counts the rest

  Error(ExitCode code, const std::string& message);
  Error(ExitCode code, const std::vector<std::string>& problems);
  ExitCode exit_code() const { return code_; }
  /// The lines of the message.
  std::vector<std::string> problems() const;

 private:
  ExitCode code_;
};

/// Something failed while running: a write, a device, an allocation. Exit code 1.
class RunError : public Error {
 public:
  explicit RunError(const std::string& message) : Error(ExitCode::failure, message) {}
};

/// Wrong flag, value, configuration or architecture string. Exit code 2.
class UsageError : public Error {
 public:
  explicit UsageError(const std::string& message) : Error(ExitCode::usage, message) {}
  explicit UsageError(const std::vector<std::string>& problems)
      : Error(ExitCode::usage, problems) {}
};

/// A data, weight or batch file is missing or corrupt. Exit code 3.
class DataError : public Error {
 public:
  explicit DataError(const std::string& message) : Error(ExitCode::data, message) {}
};

/// The constraints leave no architecture. Exit code 4.
class NoFeasibleError : public Error {
 public:
  explicit NoFeasibleError(const std::string& message) : Error(ExitCode::no_feasible, message) {}
};

}  // namespace wrcor
