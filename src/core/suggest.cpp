#include "wrcor/core/registry.h"

#include <algorithm>
#include <numeric>

#include "core/utf8.h"

namespace wrcor {
namespace {

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t substituted = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, substituted});
    }
  }
  return row.back();
}

}  // namespace

std::string nearest_name(std::string_view given, const std::vector<std::string>& candidates) {
  constexpr std::size_t longest_name =
      100;  // longer texts are not misspelt names, and distance is quadratic
  if (given.size() > longest_name) return {};
  std::string nearest;
  std::size_t smallest = std::max<std::size_t>(2, given.size() / 3) + 1;
  for (const std::string& candidate : candidates) {
    const std::size_t distance = edit_distance(given, candidate);
    if (distance < smallest) {
      smallest = distance;
      nearest = candidate;
    }
  }
  return nearest;
}

std::string unknown_name_message(std::string_view singular, std::string_view plural,
                                 std::string_view given, const std::vector<std::string>& known) {
  std::string message = "unknown " + std::string(singular) + " " + in_quotes(given);
  if (const std::string near = nearest_name(given, known); !near.empty()) {
    message += " (did you mean '" + near + "'?)";
  }
  return message + "; known " + std::string(plural) + ": " + join(known);
}

std::string in_quotes(std::string_view text) {
  constexpr std::size_t longest = 80;
  if (text.size() <= longest) return "'" + printable(text) + "'";
  std::size_t end = longest;
  while ((text[end] & '\xc0') == '\x80' && end > longest - 3) --end;  // not inside a character
  return "'" + printable(text.substr(0, end)) + "...'";
}

std::string join(const std::vector<std::string>& items, std::string_view separator) {
  std::string text;
  for (const std::string& item : items) {
    if (!text.empty()) text += separator;
    text += item;
  }
  return text;
}

}  // namespace wrcor
