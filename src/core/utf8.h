#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace wrcor {

/// Bytes of the character that the text begins with; 0 when the text is empty, or its first bytes
/// are not well-formed UTF-8 (RFC 3629).
std::size_t utf8_length(std::string_view text);

bool is_utf8(std::string_view text);

/// The text in a form that is safe for one line of a terminal. Control characters, line separators
/// and characters that change the direction of writing are escaped ("\n", "\u001b"), and so are
/// bytes that are not UTF-8 ("\xff"); everything else is unchanged.
std::string printable(std::string_view text);

/// The text without its middle if it is longer than `longest` bytes; characters stay whole.
std::string shortened(std::string_view text, std::size_t longest);

}  // namespace wrcor
