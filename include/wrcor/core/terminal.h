#pragma once

#include <optional>

namespace wrcor {

/// Width of the terminal behind a file descriptor, in columns; nothing when there is none.
std::optional<int> terminal_columns(int descriptor);

/// Whether what is behind a file descriptor shows colours, and nobody said NO_COLOR.
bool shows_colours(int descriptor);

}  // namespace wrcor
