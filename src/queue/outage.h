#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <utility>

namespace wrcor {

/// A time in which a process cannot do something with a server, such as reach it: reported once
/// when the outage begins, and once when it is over. For several threads.
class Outage {
 public:
  /// @param what_follows  ends the report, such as "trying again"
  explicit Outage(std::string what_follows) : what_follows_(std::move(what_follows)) {}

  /// @param subject  the failing operation, such as a command, which must succeed before this is
  ///                 over
  void begin(const std::string& subject, const std::string& reason);
  void end(const std::string& subject);
  void end_all();
  /// The reason; empty if there is no outage.
  std::string reason() const;

 private:
  void report_end() const;

  const std::string what_follows_;
  mutable std::mutex mutex_;
  std::map<std::string, std::string> reasons_;  ///< by subject
};

/// The waits between tries, each twice as long as the one before, up to a limit.
class GrowingPause {
 public:
  static constexpr std::chrono::milliseconds first{200}, longest{5000};

  std::chrono::milliseconds next();
  void restart() { next_ = first; }

 private:
  std::chrono::milliseconds next_ = first;
};

/// Sleeps for a time, or until a condition is true, which is checked several times a second.
void sleep_until(std::chrono::milliseconds time, const std::function<bool()>& is_over);

}  // namespace wrcor
