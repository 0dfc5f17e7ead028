#include "internal/socket.h"

#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <system_error>
#include <utility>

namespace wrcor {
namespace {

using Clock = std::chrono::steady_clock;

std::string text_of_error(int number) { return std::generic_category().message(number); }

/// @return whether it is ready before the patience ends
bool becomes_ready(int socket, short events, const Patience& patience) {
  constexpr int step_ms = 50;
  const Clock::time_point start = Clock::now();
  do {
    pollfd polled{.fd = socket, .events = events, .revents = 0};
    const int ready = poll(&polled, 1, step_ms);
    if (ready > 0) return true;
    if (ready < 0 && errno != EINTR) throw QueueLost(text_of_error(errno));
  } while (Clock::now() - start < patience());
  return false;
}

/// The error of a connection that is being made; 0: it is made.
int error_of_connecting(int socket, const Patience& patience) {
  if (!becomes_ready(socket, POLLOUT, patience)) return ETIMEDOUT;
  int error = 0;
  socklen_t size = sizeof error;
  return getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &size) == 0 ? error : errno;
}

void make_blocking(int socket) {
  fcntl(socket, F_SETFL, fcntl(socket, F_GETFL) & ~O_NONBLOCK);  // NOLINT(*-vararg)
}

/// @return a blocking socket
/// @throws QueueLost
int connected_to(const sockaddr* place, socklen_t size, const Patience& patience) {
  const int made = socket(place->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (made < 0) throw QueueLost(text_of_error(errno));
  int error = connect(made, place, size) == 0 ? 0 : errno;
  try {
    if (error == EINPROGRESS) error = error_of_connecting(made, patience);
    if (error != 0) throw QueueLost(text_of_error(error));
  } catch (const QueueLost&) {
    close(made);
    throw;
  }
  make_blocking(made);
  return made;
}

int connected_to_path(const std::string& path, const Patience& patience) {
  sockaddr_un place{};
  place.sun_family = AF_UNIX;
  if (path.size() >= sizeof place.sun_path) throw QueueLost(text_of_error(ENAMETOOLONG));
  path.copy(place.sun_path, path.size());
  return connected_to(reinterpret_cast<const sockaddr*>(&place), sizeof place, patience);
}

struct FreeAddresses {
  void operator()(addrinfo* first) const { freeaddrinfo(first); }
};
using Addresses = std::unique_ptr<addrinfo, FreeAddresses>;

Addresses addresses_of(const std::string& host, std::uint16_t port) {
  addrinfo wanted{};
  wanted.ai_family = AF_UNSPEC;
  wanted.ai_socktype = SOCK_STREAM;
  addrinfo* first = nullptr;
  const int error = getaddrinfo(host.c_str(), std::to_string(port).c_str(), &wanted, &first);
  if (error != 0) throw QueueLost(gai_strerror(error));
  return Addresses(first);
}

/// The first address that can be reached.
int connected_to_host(const std::string& host, std::uint16_t port, const Patience& patience) {
  const Addresses addresses = addresses_of(host, port);
  for (const addrinfo* address = addresses.get();; address = address->ai_next) {
    try {
      const int made = connected_to(address->ai_addr, address->ai_addrlen, patience);
      const int on = 1;
      setsockopt(made, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      return made;
    } catch (const QueueLost&) {
      if (address->ai_next == nullptr) throw;
    }
  }
}

}  // namespace

Socket::Socket(const QueueAddress& address, const Patience& patience)
    : number_(address.socket.empty() ? connected_to_host(address.host, address.port, patience)
                                     : connected_to_path(address.socket, patience)) {}

Socket::~Socket() {
  if (number_ >= 0) close(number_);
}

int Socket::release() { return std::exchange(number_, -1); }

void await_input(int socket, const Patience& patience) {
  if (!becomes_ready(socket, POLLIN, patience)) throw QueueLost("no answer in time");
}

}  // namespace wrcor
