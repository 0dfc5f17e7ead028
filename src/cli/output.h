#pragma once

#include <string_view>

namespace wrcor::cli {

/// Writes a result to standard output and makes sure that it got there. @throws RunError (full
/// disk, closed pipe).
void write_output(std::string_view text);

/// Prepares the standard streams: a closed pipe is an error of the write, not a signal that ends
/// the process, and a stream that was closed by the caller is not mistaken for the first file that
/// is opened.
void prepare_streams();

}  // namespace wrcor::cli
