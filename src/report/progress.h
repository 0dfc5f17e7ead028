#pragma once

#include <string>
#include <vector>

#include "report/progress_line.h"
#include "wrcor/record/progress.h"

namespace wrcor {

/// One line of progress: "31/400   8%  11.0/s  left 31s  best 677.1326".
/// @param seconds  since the start of this session
std::string format_progress(const ProgressState& state, double seconds);

/// The same, in the form of with_bar().
/// @param bests  the best score after each proposal so far, drawn after the line if there is room
std::string format_progress_bar(const ProgressState& state, double seconds, int columns,
                                const std::vector<double>& bests = {});

/// Progress of a search or of scoring on standard error.
class Progress {
 public:
  void update(const ProgressState& state);

  /// Clears the bar for a line on standard output if that is also the terminal; the next update
  /// redraws the bar.
  void clear() { line_.clear(); }

 private:
  ProgressLine line_;
  std::vector<double> bests_;
};

}  // namespace wrcor
