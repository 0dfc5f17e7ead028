#include "core/utf8.h"

#include <spdlog/fmt/fmt.h>

namespace wrcor {
namespace {

unsigned byte_at(std::string_view text, std::size_t position) {
  return position < text.size() ? static_cast<unsigned char>(text[position]) : 0u;
}

/// The code point of a well-formed character.
unsigned code_point(std::string_view character) {
  if (character.size() == 1) return byte_at(character, 0);
  unsigned point = byte_at(character, 0) & (0xffu >> (character.size() + 1));
  for (std::size_t i = 1; i < character.size(); ++i) {
    point = point << 6 | (byte_at(character, i) & 0x3f);
  }
  return point;
}

/// Whether a terminal does anything but show the character in place.
bool is_control(unsigned point) {
  return point < 0x20 || (point >= 0x7f && point < 0xa0) ||  // C0, delete and C1
         point == 0x2028 || point == 0x2029 ||               // line and paragraph separators
         (point >= 0x202a && point <= 0x202e) || (point >= 0x2066 && point <= 0x2069);  // direction
}

std::string escaped(unsigned point) {
  switch (point) {
    case '\n':
      return "\\n";
    case '\r':
      return "\\r";
    case '\t':
      return "\\t";
    default:
      return fmt::format("\\u{:04x}", point);
  }
}

}  // namespace

std::size_t utf8_length(std::string_view text) {
  const unsigned first = byte_at(text, 0), second = byte_at(text, 1);
  if (first < 0x80) return text.empty() ? 0 : 1;
  if (first < 0xc2 || first > 0xf4) return 0;
  // Overlong forms, surrogates, and values beyond the last code point.
  if ((first == 0xe0 && second < 0xa0) || (first == 0xed && second > 0x9f) ||
      (first == 0xf0 && second < 0x90) || (first == 0xf4 && second > 0x8f)) {
    return 0;
  }
  const std::size_t length = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte_at(text, i) & 0xc0) != 0x80) return 0;
  }
  return length;
}

bool is_utf8(std::string_view text) {
  while (const std::size_t length = utf8_length(text)) text.remove_prefix(length);
  return text.empty();
}

std::string printable(std::string_view text) {
  std::string shown;
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    const std::string_view character = text.substr(0, length);
    if (length == 0) {
      shown += fmt::format("\\x{:02x}", byte_at(text, 0));
    } else if (const unsigned point = code_point(character); is_control(point)) {
      shown += escaped(point);
    } else {
      shown += character;
    }
    text.remove_prefix(length == 0 ? 1 : length);
  }
  return shown;
}

std::string shortened(std::string_view text, std::size_t longest) {
  constexpr std::string_view gap = "...";
  if (text.size() <= longest) return std::string(text);
  const auto continues = [text](std::size_t position) {
    return (byte_at(text, position) & 0xc0) == 0x80;
  };
  // The end of a message says what to do, the beginning what is wrong.
  std::size_t head = (longest - gap.size()) * 2 / 3;
  std::size_t tail = text.size() - (longest - gap.size() - head);
  while (head > 0 && continues(head)) --head;
  while (continues(tail)) ++tail;
  return std::string(text.substr(0, head)).append(gap).append(text.substr(tail));
}

}  // namespace wrcor
