#include "property.h"

#include <spdlog/spdlog.h>

#include <cstdio>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "wrcor/core/error.h"

namespace wrcor::fuzz {
namespace {

constexpr std::size_t longest_line = 2000;
constexpr std::size_t most_lines = 20;

/// Written independently of wrcor/core/utf8.h: nlohmann's dump is strict about UTF-8.
void require_clear(std::string_view message) {
  try {
    (void)nlohmann::json(message).dump();
  } catch (const nlohmann::json::exception&) {
    require(false, "a message is UTF-8");
  }
  require(!message.empty(), "a message says something");
  std::size_t line = 0, lines = 1;
  for (std::size_t i = 0; i < message.size(); ++i) {
    const auto byte = static_cast<unsigned char>(message[i]);
    const bool is_c1 = byte == 0xc2 && static_cast<unsigned char>(message[i + 1]) < 0xa0;
    if (byte == '\n') {
      ++lines;
      line = 0;
      continue;
    }
    require(byte >= 0x20 && byte != 0x7f && !is_c1, "a message has no control characters");
    require(++line <= longest_line, "the lines of a message are short");
  }
  require(lines <= most_lines, "a message has few lines");
}

const bool is_quiet = [] {
  spdlog::set_level(spdlog::level::off);
  return true;
}();

}  // namespace

void require(bool holds, std::string_view property) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %.*s\n", static_cast<int>(property.size()), property.data());
  std::abort();
}

bool accepts(const std::function<void()>& action) {
  try {
    action();
    return true;
  } catch (const Error& error) {
    require_clear(error.what());
    return false;
  }
}

}  // namespace wrcor::fuzz
