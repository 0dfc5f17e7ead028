#pragma once

#include <optional>

namespace wrcor {

/// Width of the terminal behind a file descriptor, in columns; nothing if it is not a terminal.
std::optional<int> terminal_columns(int descriptor);

/// Whether a line behind a file descriptor can be erased and drawn again: a terminal that is not a
/// dumb one, such as a shell inside of an editor.
bool redraws_lines(int descriptor);

/// Whether a file descriptor is a terminal with colours, and NO_COLOR is not set.
bool shows_colours(int descriptor);

}  // namespace wrcor
