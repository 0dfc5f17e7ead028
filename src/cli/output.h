#pragma once

#include <string_view>

namespace wrcor::cli {

/// Writes a result to standard output and checks that it was written.
/// @throws OutputClosed (core/output_closed.h); RunError (full disk)
void write_output(std::string_view text);

/// Prepares the process for failing writes: a closed pipe and a file at its size limit (ulimit -f)
/// are errors of the write, not signals that end the process, and the first opened file does not
/// take the number of a stream that the caller closed.
void prepare_streams();

}  // namespace wrcor::cli
