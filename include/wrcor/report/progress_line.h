#pragma once

#include <chrono>
#include <optional>
#include <string>

namespace wrcor {

/// A time for people: "31s", "1m30s", "2h05m".
std::string duration_text(double seconds);

/// The text, at most `columns` wide, behind a bar when `columns` leaves room for one.
/// @param share    of the work that is done, 0..1
/// @param course   a picture behind the text, where there is room for it, too
/// @param colours  of a terminal: part of what is returned then takes no columns
std::string with_bar(const std::string& text, double share, int columns,
                     const std::string& course = "", bool colours = false);

/// The place of progress on standard error: a line that is redrawn on a terminal, a message every
/// few seconds elsewhere, nothing where messages of that level are not wanted (--quiet).
class ProgressLine {
 public:
  ProgressLine();
  /// Ends the line.
  ~ProgressLine();
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  /// Whether it is time to show how things stand. @param finished  nothing more will follow
  bool is_due(bool finished);
  /// Since the first is_due(), which starts the clock.
  double seconds() const;
  /// @param share, course  as for with_bar()
  void show(const std::string& text, double share, const std::string& course = "");

  /// Makes room for a line on standard output when that is the terminal too; the next show() draws
  /// the line again.
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
