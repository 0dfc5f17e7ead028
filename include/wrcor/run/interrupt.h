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
