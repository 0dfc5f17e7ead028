#include "internal/search_clock.h"

namespace wrcor {

double SearchClock::session() const {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
}

RunError SearchClock::without_workers(const EvaluationSource& source,
                                      const std::string& missing) const {
  const std::string reason = source.why_idle();
  return RunError("--max-seconds is over, and no worker of the queue has " + missing +
                  (reason.empty() ? "" : " (" + reason + ")") +
                  "; start workers with: wrcor worker --queue " + search_.queue);
}

}  // namespace wrcor
