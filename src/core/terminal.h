#pragma once

#include <optional>

namespace wrcor {

/// Width of the terminal behind a file descriptor, in columns; nothing if it is not a terminal.
std::optional<int> terminal_columns(int descriptor);

/// Whether a file descriptor is a terminal with colours, and NO_COLOR is not set.
bool shows_colours(int descriptor);

}  // namespace wrcor
