#pragma once

#include <chrono>
#include <cstddef>
#include <mutex>
#include <string>
#include <utility>

namespace wrcor {

/// Whether a queue has workers, as far as its coordinator knows. Reports when none has been present
/// for a while, and again after four times as long.
class WorkerWatch {
 public:
  using Clock = std::chrono::steady_clock;

  /// How long no worker has been present when that is first reported.
  static constexpr std::chrono::seconds first_report{10};

  /// @param queue  its address
  explicit WorkerWatch(std::string queue, Clock::time_point now = Clock::now())
      : queue_(std::move(queue)), seen_(now), looked_(now) {}

  /// A worker has given a sign, or no work is waiting.
  void note_presence(Clock::time_point now = Clock::now());
  /// Whether it is time to look for workers, because none has given a sign lately.
  bool must_look(Clock::time_point now = Clock::now()) const;
  /// Enters the number of workers found.
  void note_found(std::ptrdiff_t workers, Clock::time_point now = Clock::now());

  /// States how long no worker has been present; empty if one is. For all threads.
  std::string absence() const;

 private:
  std::string queue_;
  Clock::time_point seen_, looked_;
  std::chrono::seconds next_report_ = first_report;
  mutable std::mutex mutex_;
  std::string absence_;
};

}  // namespace wrcor
