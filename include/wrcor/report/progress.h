#pragma once

#include <chrono>
#include <string>

#include "wrcor/run/search_run.h"

namespace wrcor {

/// One line of progress, at most `columns` wide, with a bar when `columns` leaves room for one.
/// @param seconds  since the start of this sitting
std::string format_progress(const ProgressState& state, double seconds, int columns);

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

 private:
  using Clock = std::chrono::steady_clock;
  bool quiet_;
  bool terminal_;
  bool drawn_ = false;
  Clock::time_point start_ = Clock::now();
  Clock::time_point last_;
};

}  // namespace wrcor
