#include "queue/worker_watch.h"

#include <spdlog/spdlog.h>

#include <algorithm>

#include "wrcor/core/registry.h"

namespace wrcor {

void WorkerWatch::note_presence(Clock::time_point now) {
  seen_ = now;
  next_report_ = first_report;
  const std::lock_guard lock(mutex_);
  absence_.clear();
}

bool WorkerWatch::must_look(Clock::time_point now) const {
  constexpr std::chrono::seconds period(2);
  return now - std::max(seen_, looked_) >= period;
}

void WorkerWatch::note_found(std::ptrdiff_t workers, Clock::time_point now) {
  looked_ = now;
  if (workers > 0) {
    note_presence(now);
    return;
  }
  const std::chrono::duration<double> time = now - seen_;
  const std::string text =
      fmt::format("the queue {} has had no worker for {:.0f} s", in_quotes(queue_), time.count());
  if (time >= next_report_) {
    spdlog::warn("{}; start workers with: wrcor worker --queue {}", text, queue_);
    next_report_ *= 4;
  }
  const std::lock_guard lock(mutex_);
  absence_ = text;
}

std::string WorkerWatch::absence() const {
  const std::lock_guard lock(mutex_);
  return absence_;
}

}  // namespace wrcor
