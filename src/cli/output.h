#pragma once

#include <string_view>

namespace wrcor::cli {

/// Nobody reads standard output any more, as behind `| head -n 1`. No Error: the program ends, and
/// there is nothing to say.
struct OutputClosed {
  /// As a shell calls the end by SIGPIPE.
  static constexpr int exit_code = 141;
};

/// Writes a result to standard output and makes sure that it got there.
/// @throws OutputClosed; RunError (full disk)
void write_output(std::string_view text);

/// Prepares the process for writes that fail: a closed pipe and a file at the limit of its size
/// (ulimit -f) are errors of the write, not signals that end the process, and a stream that was
/// closed by the caller is not mistaken for the first file that is opened.
void prepare_streams();

}  // namespace wrcor::cli
