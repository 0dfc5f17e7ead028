#pragma once

#include "queue/queue_address.h"
#include "queue/redis.h"

namespace wrcor {

/// A socket that is connected to a server.
class Socket {
 public:
  /// @throws QueueLost when the server cannot be reached, or not in time
  Socket(const QueueAddress& address, const Patience& patience);
  ~Socket();
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;

  int number() const { return number_; }
  /// The same; whoever takes it closes it.
  int release();

 private:
  int number_;
};

/// Waits for something to read. @throws QueueLost when nothing comes in time
void await_input(int socket, const Patience& patience);

}  // namespace wrcor
