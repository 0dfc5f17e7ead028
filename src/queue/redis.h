#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "queue/queue_address.h"

namespace wrcor {

/// The server cannot be reached, or no longer. It may come back.
struct QueueLost : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// The server answered a command with an error.
struct RedisRefusal : std::runtime_error {
  using std::runtime_error::runtime_error;
  /// Whether it passes by itself: the server is out of memory, loading, saving or failing over.
  bool passes() const;
  /// Whether the server does not know the user or the password, or the user lacks the rights.
  bool is_about_access() const;
  /// Whether the stream of work does not exist: its search has ended, or is filling the queue
  /// again.
  bool means_no_work() const;
};

/// Messages about a server: "cannot reach the queue URL: REASON", "the queue URL refuses a command
/// (REASON)".
std::string cannot_reach(const QueueAddress& address, const std::string& reason);
std::string refuses(const QueueAddress& address, const RedisRefusal& refusal);

/// The error of a program that ends because of a refusal.
/// @throws UsageError for a refusal about access, otherwise RunError
[[noreturn]] void give_up_after(const RedisRefusal& refusal, const QueueAddress& address);

/// An answer of the server.
struct RedisReply {
  std::int64_t number = 0;
  std::string text;
  std::vector<RedisReply> items;  ///< of a list
  bool is_null = false;
};

using RedisCommand = std::vector<std::string>;

/// How long to wait for the server. It is called several times a second during a wait, so that the
/// end of the process can shorten it.
using Patience = std::function<std::chrono::milliseconds()>;

/// A server that does not answer for this long counts as lost.
constexpr std::chrono::seconds usual_patience(10);
/// The same for a process that is to end.
constexpr std::chrono::seconds hurried_patience(2);

/// The usual patience, unless the process is to end.
inline Patience patience_unless(std::function<bool()> is_hurried) {
  return [is_hurried = std::move(is_hurried)] {
    return is_hurried() ? hurried_patience : usual_patience;
  };
}

/// A connection to a Redis server, for one thread.
class Redis {
 public:
  /// @throws QueueLost; UsageError when the server refuses the password, does not speak the
  ///         protocol, or its certificate is not trusted, or when this build has no client, or none
  ///         for TLS; RedisRefusal of anything else
  explicit Redis(
      const QueueAccess& access, Patience patience = [] { return usual_patience; });
  ~Redis();
  Redis(Redis&& other) noexcept;
  Redis& operator=(Redis&& other) noexcept;

  /// @throws QueueLost, RedisRefusal
  RedisReply run(const RedisCommand& command);
  /// The same for several commands, which are sent together.
  /// @throws RedisRefusal of the first that fails, when all were run
  std::vector<RedisReply> run_all(const std::vector<RedisCommand>& commands);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace wrcor
