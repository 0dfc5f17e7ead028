#include "run/interrupt.h"

#include <unistd.h>

#include <atomic>
#include <csignal>
#include <string_view>

namespace wrcor {
namespace {

std::atomic<int> received{0};
std::atomic<int> waits{0};  ///< that a signal must end
int guards = 0;
static_assert(std::atomic<int>::is_always_lock_free, "read and written in a signal handler");

constexpr unsigned seconds_to_return = 1;

void on_signal(int number) {
  if (received.exchange(number) != 0 && number == SIGINT)
    _exit(static_cast<int>(ExitCode::interrupted));
  if (waits > 0) alarm(seconds_to_return);
}

void on_alarm(int) {
  if (waits == 0) return;
  constexpr std::string_view message =
      "error: interrupted while waiting for a file or a pipe that does not answer\n";
  // A failure to write is ignored.
  [[maybe_unused]] const auto written = write(STDERR_FILENO, message.data(), message.size());
  _exit(static_cast<int>(received == SIGTERM ? ExitCode::terminated : ExitCode::interrupted));
}

void handle(int number, void (*handler)(int)) {
  struct sigaction action {};
  action.sa_handler = handler;
  sigemptyset(&action.sa_mask);
  action.sa_flags = SA_RESTART;
  sigaction(number, &action, nullptr);
}

/// A signal that was ignored at the start of the program (nohup, a background job) stays ignored.
void install_handler(int number, void (*handler)(int)) {
  struct sigaction action {};
  const bool ignored = sigaction(number, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
  if (!ignored) handle(number, handler);
}

}  // namespace

InterruptGuard::InterruptGuard() : waits_around_(waits.exchange(0)) {
  if (guards++ > 0) return;
  received = 0;
  install_handler(SIGINT, on_signal);
  install_handler(SIGTERM, on_signal);
  handle(SIGALRM, on_alarm);
}

InterruptGuard::~InterruptGuard() {
  waits = waits_around_;
  if (--guards > 0) return;
  install_handler(SIGINT, SIG_DFL);
  install_handler(SIGTERM, SIG_DFL);
  handle(SIGALRM, SIG_IGN);  // one may be pending
}

InterruptibleWait::InterruptibleWait() {
  ++waits;
  if (guards > 0 && received != 0) alarm(seconds_to_return);
}

InterruptibleWait::~InterruptibleWait() {
  if (--waits == 0) alarm(0);
}

int InterruptGuard::signal() { return received; }

Interrupted::Interrupted(int signal, const std::string& message)
    : Error(signal == SIGTERM ? ExitCode::terminated : ExitCode::interrupted, message),
      signal_(signal) {}

}  // namespace wrcor
