#include "core/typed_scalar.h"

#include <charconv>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string>

namespace wrcor {
namespace {

bool is_decimal_integer(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  if (text.empty() || (text.size() > 1 && text[0] == '0')) return false;
  return text.find_first_not_of("0123456789") == std::string_view::npos;
}

template <typename T>
std::optional<T> convert(std::string_view text) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// The text as a finite decimal number; nothing for "inf", "nan", hexadecimal and values out of
/// range.
std::optional<double> finite_number(std::string_view text) {
  if (text.empty() || text.find_first_not_of("0123456789+-.eE") != std::string_view::npos) {
    return std::nullopt;
  }
  const std::optional<double> value = convert<double>(text);
  return value && std::isfinite(*value) ? value : std::nullopt;
}

}  // namespace

nlohmann::json typed_scalar(std::string_view text) {
  if (text.empty() || text == "~" || text == "null" || text == "Null" || text == "NULL") {
    return nullptr;
  }
  if (text == "true" || text == "True" || text == "TRUE") return true;
  if (text == "false" || text == "False" || text == "FALSE") return false;
  if (is_decimal_integer(text)) {
    if (const auto value = convert<std::uint64_t>(text)) return *value;
    if (const auto value = convert<std::int64_t>(text)) return *value;
  }
  if (const auto value = finite_number(text)) return *value;
  return std::string(text);
}

}  // namespace wrcor
