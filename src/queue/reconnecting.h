#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <string>

#include "queue/outage.h"
#include "queue/redis.h"

namespace wrcor {

/// A connection of a worker, which is made when it is needed, and again after it was lost. For one
/// thread.
class Reconnecting {
 public:
  /// @param access      outlives the object
  /// @param outage      of all connections of the worker; outlives it, too
  /// @param is_hurried  whether to wait for the server only briefly
  Reconnecting(const QueueAccess& access, Outage& outage, std::function<bool()> is_hurried)
      : access_(access), outage_(outage), patience_(patience_unless(std::move(is_hurried))) {}

  /// @return nothing when the server cannot be reached, or refuses a command that it may accept
  ///         later
  /// @throws UsageError, RedisRefusal
  std::optional<RedisReply> run(const RedisCommand& command);

  /// Before the next try.
  void pause(const std::function<bool()>& is_over) { sleep_until(pause_.next(), is_over); }

 private:
  void note_success(const std::string& name);
  void note_refusal(const std::string& name, const RedisRefusal& refusal);

  const QueueAccess& access_;
  Outage& outage_;
  Patience patience_;
  GrowingPause pause_;
  std::optional<Redis> redis_;
  /// By command: since when it is refused for a reason that does not pass by itself.
  std::map<std::string, std::chrono::steady_clock::time_point> unexpected_;
};

}  // namespace wrcor
