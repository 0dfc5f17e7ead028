#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace wrcor {

/// How far a run has come.
struct ProgressState {
  std::string stage = {};      ///< what is done, when it is not the search or the scoring itself
  std::int64_t done = 0;       ///< proposals settled
  std::int64_t total = 0;      ///< proposals there will be, as far as is known
  std::int64_t evaluated = 0;  ///< networks run in this session
  std::int64_t replayed = 0;   ///< proposals settled before the first of them
  /// Seconds until the end, if more is known about the remaining work than its number.
  std::optional<double> seconds_left = {};
  /// Best score so far; none in a vote, whose values are not comparable over time.
  std::optional<double> best;
};
using ProgressSink = std::function<void(const ProgressState&)>;

}  // namespace wrcor
