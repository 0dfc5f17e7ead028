#pragma once

#include "wrcor/core/error.h"

namespace wrcor {

/// While alive, SIGINT and SIGTERM ask for an orderly end instead of killing the process. A second
/// SIGINT leaves at once. A signal that the process was started to ignore stays ignored. Guards
/// nest, on one thread: the outermost counts.
class InterruptGuard {
 public:
  InterruptGuard();
  ~InterruptGuard();
  InterruptGuard(const InterruptGuard&) = delete;
  InterruptGuard& operator=(const InterruptGuard&) = delete;

  /// The signal that has arrived, or 0.
  static int signal();

 private:
  int waits_around_;  ///< that do not count while this one is there
};

/// While alive, under a guard, a signal ends the process a second later, unless the object has gone
/// by then: for what may never return, such as reading from a file server that does not answer or
/// writing to a pipe that nobody empties. A guard within has its own orderly end. On one thread.
class InterruptibleWait {
 public:
  InterruptibleWait();
  ~InterruptibleWait();
  InterruptibleWait(const InterruptibleWait&) = delete;
  InterruptibleWait& operator=(const InterruptibleWait&) = delete;
};

/// A run that was asked to end before it was done. Exit code 130 (SIGINT) or 143 (SIGTERM).
class Interrupted : public Error {
 public:
  Interrupted(int signal, const std::string& message);
  int signal() const { return signal_; }

 private:
  int signal_;
};

}  // namespace wrcor
