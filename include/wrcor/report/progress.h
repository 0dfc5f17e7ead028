#pragma once

#include <chrono>
#include <string>

#include "wrcor/run/search_run.h"

namespace wrcor {

/// One line of progress: "31/400   8%  11.0/s  left 31s  best 677.1326".
/// @param seconds  since the start of this sitting
std::string format_progress(const ProgressState& state, double seconds);

/// The same, at most `columns` wide, behind a bar when `columns` leaves room for one.
std::string format_progress_bar(const ProgressState& state, double seconds, int columns);

/// Progress on standard error: a bar that is redrawn on a terminal, a line every few seconds
/// elsewhere, nothing where messages of that level are not wanted (--quiet).
class Progress {
 public:
  Progress();
  /// Ends the bar's line.
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void update(const ProgressState& state);

  /// Makes room for a line on standard output when that is the terminal too; the next update draws
  /// the bar again.
  void clear();

 private:
  using Clock = std::chrono::steady_clock;
  bool quiet_;
  bool terminal_;
  bool drawn_ = false;
  Clock::time_point start_ = Clock::now();
  Clock::time_point last_;
};

}  // namespace wrcor
