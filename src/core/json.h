#pragma once

#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <string_view>

namespace wrcor {

/// The error in a JSON text, in one line.
struct JsonError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Maximum nesting of objects and lists: no file of this program has more than eight levels.
constexpr int deepest_json = 64;

/// Reads an untrusted JSON text. Stricter than nlohmann's parser: no duplicate keys in an object,
/// and no nesting so deep that recursive functions (copies, dump()) would overflow the stack.
/// Numbers are finite: JSON has no others, and numbers beyond double precision are refused.
/// @throws JsonError.
nlohmann::ordered_json parse_json(std::string_view text);

/// The same for a text whose objects may have many members: inserting one into an ordered_json
/// takes time in proportion to their number.
nlohmann::json parse_sorted_json(std::string_view text);

/// The message of nlohmann's library, without the number of its exception.
std::string reason_of(const nlohmann::json::exception& failure);

/// The text that an object has at `key`; empty if it has none.
std::string text_at(const nlohmann::ordered_json& object, const char* key);

}  // namespace wrcor
