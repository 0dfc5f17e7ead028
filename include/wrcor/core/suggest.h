#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace wrcor {

/// The candidate with the smallest edit distance to `given`, or an empty string when none is close
/// enough (more than a third of its letters differ).
std::string nearest_name(std::string_view given, const std::vector<std::string>& candidates);

/// "unknown proxy 'wrcorr' (did you mean 'wrcor'?); known proxies: acor, gcor, ..."
/// @param singular, plural  what the names are called, e.g. "proxy", "proxies".
std::string unknown_name_message(std::string_view singular, std::string_view plural,
                                 std::string_view given, const std::vector<std::string>& known);

/// The text in the form quoted in messages: shortened, control characters escaped.
std::string in_quotes(std::string_view text);

/// "a, b, c"
std::string join(const std::vector<std::string>& items, std::string_view separator = ", ");

}  // namespace wrcor
