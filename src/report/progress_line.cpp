#include "wrcor/report/progress_line.h"

#include <spdlog/fmt/fmt.h>
#include <spdlog/spdlog.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>

#include "wrcor/core/log.h"

namespace wrcor {
namespace {

int terminal_columns() {
  winsize size{};
  if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  return 80;
}

}  // namespace

std::string duration_text(double seconds) {
  const auto whole = static_cast<std::int64_t>(seconds + 0.5);
  if (whole < 60) return fmt::format("{}s", whole);
  if (whole < 3600) return fmt::format("{}m{:02}s", whole / 60, whole % 60);
  return fmt::format("{}h{:02}m", whole / 3600, whole / 60 % 60);
}

std::string with_bar(const std::string& text, double share, int columns) {
  constexpr int widest_bar = 30, narrowest_bar = 8, brackets = 3;
  const int room = std::min(widest_bar, columns - static_cast<int>(text.size()) - brackets - 1);
  if (room < narrowest_bar)
    return text.substr(0, static_cast<std::size_t>(std::max(columns - 1, 0)));
  const int filled = static_cast<int>(share * room);
  return fmt::format("[{}{}] {}", std::string(static_cast<std::size_t>(filled), '#'),
                     std::string(static_cast<std::size_t>(room - filled), '.'), text);
}

ProgressLine::ProgressLine() : quiet_(!wants_progress()), terminal_(isatty(STDERR_FILENO) == 1) {}

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

void ProgressLine::show(const std::string& text, double share) {
  last_ = Clock::now();
  if (!terminal_) {
    spdlog::info("{}", text);
    return;
  }
  std::fprintf(stderr, "\r\x1b[2K%s", with_bar(text, share, terminal_columns()).c_str());
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
