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

void install(void (*handler)(int)) {
  struct sigaction action {};
  action.sa_handler = handler;
  sigemptyset(&action.sa_mask);
  action.sa_flags = SA_RESTART;
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
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
