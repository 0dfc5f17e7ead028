#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace wrcor {

/// Bytes of the character that the text begins with; 0 when it begins with none: it is empty, or
/// its first bytes are no well-formed UTF-8 (RFC 3629).
std::size_t utf8_length(std::string_view text);

bool is_utf8(std::string_view text);

/// The text fit for one line of a terminal. Control characters, line separators and characters that
/// turn the direction of writing are escaped ("\n", "\u001b"), and so are bytes that are no UTF-8
/// ("\xff"); everything else stays as it is.
std::string printable(std::string_view text);

/// The text without its middle if it is longer than `longest` bytes; characters stay whole.
std::string shortened(std::string_view text, std::size_t longest);

}  // namespace wrcor
