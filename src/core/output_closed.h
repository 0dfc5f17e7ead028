#pragma once

namespace wrcor {

/// A pipe that results are written to was closed by its reader, as with `| head -n 1`. Not an
/// Error: the program ends without a message.
struct OutputClosed {
  /// The shell's code for an end by SIGPIPE.
  static constexpr int exit_code = 141;
};

}  // namespace wrcor
