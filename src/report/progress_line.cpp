#include "report/progress_line.h"

#include <spdlog/fmt/fmt.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>

#include "core/table.h"
#include "core/terminal.h"
#include "wrcor/core/log.h"

namespace wrcor {
namespace {

/// In one of a terminal's colours.
std::string coloured(const std::string& text, const char* colour, bool wanted) {
  return wanted && !text.empty() ? fmt::format("\x1b[{}m{}\x1b[0m", colour, text) : text;
}

}  // namespace

std::string duration_text(double seconds) {
  const auto whole = static_cast<std::int64_t>(seconds + 0.5);
  if (whole < 60) return fmt::format("{}s", whole);
  if (whole < 3600) return fmt::format("{}m{:02}s", whole / 60, whole % 60);
  return fmt::format("{}h{:02}m", whole / 3600, whole / 60 % 60);
}

std::string with_bar(const std::string& text, double share, int columns, const std::string& course,
                     bool colours) {
  constexpr int widest_bar = 30, narrowest_bar = 8, brackets = 3;
  const auto length = [](const std::string& of) { return static_cast<int>(text_width(of)); };
  const int left = columns - length(text) - brackets - 1;
  const int picture = course.empty() ? 0 : length(course) + 2;
  const bool has_course = picture > 0 && left - picture >= narrowest_bar;
  const int room = std::min(widest_bar, has_course ? left - picture : left);
  if (room < narrowest_bar)
    return text.substr(0, static_cast<std::size_t>(std::max(columns - 1, 0)));
  const int filled = static_cast<int>(share * room);
  constexpr const char *green = "32", *dim = "2", *cyan = "36";
  return fmt::format(
      "[{}{}] {}{}", coloured(std::string(static_cast<std::size_t>(filled), '#'), green, colours),
      coloured(std::string(static_cast<std::size_t>(room - filled), '.'), dim, colours), text,
      has_course ? "  " + coloured(course, cyan, colours) : "");
}

ProgressLine::ProgressLine() : quiet_(!wants_progress()), terminal_(redraws_lines(STDERR_FILENO)) {}

ProgressLine::~ProgressLine() {
  if (drawn_) std::fputc('\n', stderr);
}

bool ProgressLine::is_due(bool finished) {
  if (!start_) start_ = last_ = Clock::now();
  const auto interval =
      terminal_ ? std::chrono::milliseconds(100) : std::chrono::milliseconds(5000);
  return !quiet_ && (Clock::now() - last_ >= interval || (finished && terminal_));
}

double ProgressLine::seconds() const {
  return start_ ? std::chrono::duration<double>(Clock::now() - *start_).count() : 0;
}

void ProgressLine::show(const std::string& text, double share, const std::string& course) {
  last_ = Clock::now();
  if (!terminal_) {
    spdlog::info("{}", text);
    return;
  }
  const int columns = terminal_columns(STDERR_FILENO).value_or(0);
  std::fprintf(stderr, "\r\x1b[2K%s",
               with_bar(text, share, columns, course, shows_colours(STDERR_FILENO)).c_str());
  std::fflush(stderr);
  drawn_ = true;
}

void ProgressLine::clear() {
  if (!drawn_ || isatty(STDOUT_FILENO) != 1) return;
  std::fputs("\r\x1b[2K", stderr);
  std::fflush(stderr);
  drawn_ = false;
  last_ = {};
}

}  // namespace wrcor
