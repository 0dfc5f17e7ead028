#include "wrcor/report/progress.h"

#include <spdlog/fmt/fmt.h>
#include <spdlog/spdlog.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "wrcor/core/log.h"

namespace wrcor {
namespace {

std::string duration(double seconds) {
  const auto whole = static_cast<std::int64_t>(seconds + 0.5);
  if (whole < 60) return fmt::format("{}s", whole);
  if (whole < 3600) return fmt::format("{}m{:02}s", whole / 60, whole % 60);
  return fmt::format("{}h{:02}m", whole / 3600, whole / 60 % 60);
}

int terminal_columns() {
  winsize size{};
  if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  return 80;
}

double share_of(const ProgressState& state) {
  return state.total > 0 ? static_cast<double>(state.done) / static_cast<double>(state.total) : 0;
}

}  // namespace

std::string format_progress(const ProgressState& state, double seconds) {
  const double share = share_of(state);
  std::string text = fmt::format("{}/{} {:3.0f}%", state.done, state.total, 100 * share);
  if (state.evaluated > 0 && seconds > 0) {
    text += fmt::format("  {:.1f}/s", static_cast<double>(state.evaluated) / seconds);
    // Duplicates cost nothing, so the pace of proposals,
    // not of evaluations, tells when the end comes.
    const auto settled = static_cast<double>(state.done - state.replayed);
    if (settled > 0)
      text +=
          "  left " + duration(seconds * static_cast<double>(state.total - state.done) / settled);
  }
  if (state.best) text += fmt::format("  best {:.4f}", *state.best);
  return text;
}

std::string format_progress_bar(const ProgressState& state, double seconds, int columns) {
  const std::string text = format_progress(state, seconds);
  constexpr int widest_bar = 30, narrowest_bar = 8, brackets = 3;
  const int room = std::min(widest_bar, columns - static_cast<int>(text.size()) - brackets - 1);
  if (room < narrowest_bar)
    return text.substr(0, static_cast<std::size_t>(std::max(columns - 1, 0)));
  const int filled = static_cast<int>(share_of(state) * room);
  return fmt::format("[{}{}] {}", std::string(static_cast<std::size_t>(filled), '#'),
                     std::string(static_cast<std::size_t>(room - filled), '.'), text);
}

Progress::Progress()
    : quiet_(!wants_progress()), terminal_(isatty(STDERR_FILENO) == 1), last_(start_) {}

Progress::~Progress() {
  if (drawn_) std::fputc('\n', stderr);
}

void Progress::update(const ProgressState& state) {
  if (quiet_) return;
  const Clock::time_point now = Clock::now();
  const bool finished = state.done == state.total;
  const auto interval =
      terminal_ ? std::chrono::milliseconds(100) : std::chrono::milliseconds(5000);
  if (now - last_ < interval && !(finished && terminal_)) return;
  last_ = now;
  const double seconds = std::chrono::duration<double>(now - start_).count();
  if (!terminal_) {
    spdlog::info("{}", format_progress(state, seconds));
    return;
  }
  std::fprintf(stderr, "\r\x1b[2K%s",
               format_progress_bar(state, seconds, terminal_columns()).c_str());
  std::fflush(stderr);
  drawn_ = true;
}

void Progress::clear() {
  if (!drawn_ || isatty(STDOUT_FILENO) != 1) return;
  std::fputs("\r\x1b[2K", stderr);
  std::fflush(stderr);
  drawn_ = false;
  last_ = {};
}

}  // namespace wrcor
