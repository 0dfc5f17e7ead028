#pragma once

#include "wrcor/core/error.h"

namespace wrcor {

/// While alive, SIGINT and SIGTERM request an orderly end instead of killing the process. A second
/// SIGINT exits at once. A signal that was ignored at the start of the process stays ignored.
/// Guards nest, on one thread: the outermost counts.
class InterruptGuard {
 public:
  InterruptGuard();
  ~InterruptGuard();
  InterruptGuard(const InterruptGuard&) = delete;
  InterruptGuard& operator=(const InterruptGuard&) = delete;

  /// The signal that has arrived, or 0.
  static int signal();

 private:
  int waits_around_;  ///< suspended while this guard lives
};

/// While alive, under a guard, a signal ends the process after a second, unless the object is
/// destroyed by then. For calls that may never return, such as reading from a file server that does
/// not respond or writing to a pipe that nobody reads. A guard inside has its own orderly end. On
/// one thread.
class InterruptibleWait {
 public:
  InterruptibleWait();
  ~InterruptibleWait();
  InterruptibleWait(const InterruptibleWait&) = delete;
  InterruptibleWait& operator=(const InterruptibleWait&) = delete;
};

/// A run was asked to end before it was finished. Exit code 130 (SIGINT) or 143 (SIGTERM).
class Interrupted : public Error {
 public:
  Interrupted(int signal, const std::string& message);
  int signal() const { return signal_; }

 private:
  int signal_;
};

}  // namespace wrcor
