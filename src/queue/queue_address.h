#pragma once

#include <cstdint>
#include <string>

namespace wrcor {

/// Where a queue is: a Redis server, and the name of the queue there.
struct QueueAddress {
  std::string text;  ///< as given, without a password
  std::string host;  ///< empty: a Unix socket
  std::uint16_t port = 6379;
  bool tls = false;
  std::string socket;  ///< path
  std::string user;    ///< of the server's access control; empty: its default user
  std::string name;    ///< of the queue; empty: all of the server

  /// Reads redis://[USER@]HOST[:PORT]/NAME, the same with rediss:// for TLS, or
  /// unix:///PATH?name=NAME.
  /// @throws UsageError; its message does not repeat a password
  static QueueAddress parse(const std::string& text);
  /// The same for the address of one queue.
  static QueueAddress parse_named(const std::string& text);
};

/// The address of a queue and the credentials for it.
struct QueueAccess {
  QueueAddress address;
  std::string password;  ///< empty: the server requires none
};

/// The password of a queue: the first line of a file, else the variable WRCOR_QUEUE_PASSWORD.
/// @param file  empty: none
/// @throws DataError
std::string queue_password(const std::string& file);

}  // namespace wrcor
