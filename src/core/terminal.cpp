#include "core/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>
#include <string_view>

namespace wrcor {
namespace {

/// Empty if it is not set.
std::string_view text_of_variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

}  // namespace

std::optional<int> terminal_columns(int descriptor) {
  if (isatty(descriptor) != 1) return std::nullopt;
  constexpr int usual = 80;
  winsize size{};
  if (ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  return usual;
}

bool redraws_lines(int descriptor) {
  return isatty(descriptor) == 1 && text_of_variable("TERM") != "dumb";
}

bool shows_colours(int descriptor) {
  return redraws_lines(descriptor) && text_of_variable("NO_COLOR").empty();
}

}  // namespace wrcor
