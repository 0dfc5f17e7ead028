#pragma once

#include <string>
#include <vector>

#include "wrcor/record/progress.h"
#include "wrcor/report/progress_line.h"

namespace wrcor {

/// One line of progress: "31/400   8%  11.0/s  left 31s  best 677.1326".
/// @param seconds  since the start of this sitting
std::string format_progress(const ProgressState& state, double seconds);

/// The same as with_bar() shows it.
/// @param bests  the best score after each proposal so far, drawn behind it where there is room
std::string format_progress_bar(const ProgressState& state, double seconds, int columns,
                                const std::vector<double>& bests = {});

/// Progress of a search or of scoring on standard error.
class Progress {
 public:
  void update(const ProgressState& state);

  /// Makes room for a line on standard output when that is the terminal too; the next update draws
  /// the bar again.
  void clear() { line_.clear(); }

 private:
  ProgressLine line_;
  std::vector<double> bests_;
};

}  // namespace wrcor
