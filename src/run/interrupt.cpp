#include "wrcor/run/interrupt.h"

#include <unistd.h>

#include <atomic>
#include <csignal>

namespace wrcor {
namespace {

std::atomic<int> received{0};
int guards = 0;
static_assert(std::atomic<int>::is_always_lock_free, "read and written in a signal handler");

void on_signal(int number) {
  if (received.exchange(number) != 0 && number == SIGINT)
    _exit(static_cast<int>(ExitCode::interrupted));
}

constexpr int heeded[] = {SIGINT, SIGTERM};

/// Whoever started the program with a signal ignored (nohup, a job in the background) keeps it from
/// that signal.
bool is_ignored(int number) {
  struct sigaction action {};
  return sigaction(number, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
}

void install(void (*handler)(int)) {
  struct sigaction action {};
  action.sa_handler = handler;
  sigemptyset(&action.sa_mask);
  action.sa_flags = SA_RESTART;
  for (const int number : heeded) {
    if (!is_ignored(number)) sigaction(number, &action, nullptr);
  }
}

}  // namespace

InterruptGuard::InterruptGuard() {
  if (guards++ > 0) return;
  received = 0;
  install(on_signal);
}

InterruptGuard::~InterruptGuard() {
  if (--guards == 0) install(SIG_DFL);
}

int InterruptGuard::signal() { return received; }

Interrupted::Interrupted(int signal, const std::string& message)
    : Error(signal == SIGTERM ? ExitCode::terminated : ExitCode::interrupted, message),
      signal_(signal) {}

}  // namespace wrcor
