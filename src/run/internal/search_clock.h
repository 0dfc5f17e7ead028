#pragma once

#include <chrono>
#include <string>

#include "queue/evaluation_source.h"
#include "wrcor/config/config.h"
#include "wrcor/core/error.h"

namespace wrcor {

/// The time that a search takes, in both its stages, and its limit (search.max_seconds).
class SearchClock {
 public:
  /// @param before  seconds of earlier sessions
  SearchClock(const Config::Search& search, double before) : search_(search), before_(before) {}

  /// Seconds of this session, and of all.
  double session() const;
  double elapsed() const { return before_ + session(); }
  bool is_over() const { return search_.max_seconds && elapsed() >= *search_.max_seconds; }

  /// Whether nothing more can be expected: the time is over and nobody evaluates. A queue may never
  /// get a worker.
  bool ends_wait_for(const EvaluationSource& source) const {
    return is_over() && !source.why_idle().empty();
  }
  /// The error of a stage that has no evaluation when the time is over.
  /// @param missing  the work that no worker has done
  RunError without_workers(const EvaluationSource& source, const std::string& missing) const;

 private:
  const Config::Search& search_;
  double before_;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace wrcor
