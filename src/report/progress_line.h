#pragma once

#include <chrono>
#include <optional>
#include <string>

namespace wrcor {

/// A human-readable duration: "31s", "1m30s", "2h05m".
std::string duration_text(double seconds);

/// The text, at most `columns` wide, after a bar if there is room for one.
/// @param share    of the work that is done, 0..1
/// @param course   a picture after the text, if there is room for it, too
/// @param colours  use terminal colours: part of the result then takes no columns
std::string with_bar(const std::string& text, double share, int columns,
                     const std::string& course = "", bool colours = false);

/// Progress on standard error: on a terminal a line that is redrawn, elsewhere a message every few
/// seconds, nothing if messages of that level are disabled (--quiet).
class ProgressLine {
 public:
  ProgressLine();
  /// Ends the line.
  ~ProgressLine();
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  /// Whether it is time to show the progress.
  bool is_due(bool finished);
  /// Since the first is_due(), which starts the clock.
  double seconds() const;
  /// @param share, course  as for with_bar()
  void show(const std::string& text, double share, const std::string& course = "");

  /// Clears the line for output on standard output if that is also the terminal; the next show()
  /// redraws it.
  void clear();

 private:
  using Clock = std::chrono::steady_clock;
  bool quiet_;
  bool terminal_;
  bool drawn_ = false;
  std::optional<Clock::time_point> start_;
  Clock::time_point last_;
};

}  // namespace wrcor
