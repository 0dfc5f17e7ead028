#pragma once

#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "queue/queue_address.h"

namespace wrcor {

/// The server cannot be reached, or not any more. It may come back.
struct QueueLost : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// The server answered a command with an error.
struct RedisRefusal : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// An answer of the server.
struct RedisReply {
  std::int64_t number = 0;
  std::string text;
  std::vector<RedisReply> items;  ///< of a list
  bool is_null = false;
};

using RedisCommand = std::vector<std::string>;

/// A connection to a Redis server, for one thread.
class Redis {
 public:
  /// @throws QueueLost; UsageError when the server refuses the password, or when this build has no
  ///         client, or none for TLS; RedisRefusal of anything else
  explicit Redis(const QueueAccess& access);
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
