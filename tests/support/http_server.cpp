#include "support/http_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <stdexcept>
#include <utility>

namespace wrcor::test {
namespace {

/// A socket on a free port of this machine.
int bound_socket(std::string& url) {
  const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  if (descriptor < 0 || ::bind(descriptor, generic, size) != 0 ||
      ::getsockname(descriptor, generic, &size) != 0) {
    throw std::runtime_error("no free port on 127.0.0.1");
  }
  url = "http://127.0.0.1:" + std::to_string(ntohs(address.sin_port));
  return descriptor;
}

/// Whether the socket soon has something to read, or its other end is closed.
bool is_ready(int descriptor) {
  constexpr int milliseconds = 20;
  pollfd waiting{descriptor, POLLIN, 0};
  return ::poll(&waiting, 1, milliseconds) > 0;
}

HttpRequest parse(const std::string& head) {
  HttpRequest request;
  const std::size_t start = head.find(' ') + 1;
  request.path = head.substr(start, head.find(' ', start) - start);
  const std::string range = "Range: bytes=";
  if (const std::size_t at = head.find(range); at != head.npos) {
    request.range_start = std::stoull(head.substr(at + range.size()));
  }
  return request;
}

std::string length_of(const std::string& body) {
  return "\r\nContent-Length: " + std::to_string(body.size());
}

}  // namespace

HttpReply whole(const std::string& content) {
  return {"HTTP/1.1 200 OK" + length_of(content), content};
}

HttpReply ranged(const std::string& content, const HttpRequest& request) {
  if (!request.range_start) return whole(content);
  const std::string rest = content.substr(*request.range_start);
  return {"HTTP/1.1 206 Partial Content" + length_of(rest) + "\r\nContent-Range: bytes " +
              std::to_string(*request.range_start) + "-" + std::to_string(content.size() - 1) +
              "/" + std::to_string(content.size()),
          rest};
}

HttpReply cut(HttpReply reply, std::size_t bytes) {
  reply.body.resize(bytes);
  return reply;
}

HttpReply status(const std::string& status, const std::string& header) {
  return {"HTTP/1.1 " + status + "\r\nContent-Length: 0" + (header.empty() ? "" : "\r\n") + header,
          ""};
}

HttpServer::HttpServer(Handler handler)
    : handler_(std::move(handler)), listener_(bound_socket(url_)) {
  constexpr int backlog = 16;
  if (::listen(listener_, backlog) != 0) throw std::runtime_error("cannot listen on " + url_);
  acceptor_ = std::thread([this] { accept_connections(); });
}

HttpServer::~HttpServer() {
  ending_ = true;
  acceptor_.join();
  for (std::thread& connection : connections_) connection.join();
  ::close(listener_);
}

std::vector<HttpRequest> HttpServer::requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

void HttpServer::accept_connections() {
  while (!ending_) {
    if (!is_ready(listener_)) continue;
    const int connection = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (connection >= 0) connections_.emplace_back([this, connection] { serve(connection); });
  }
}

void HttpServer::serve(int connection) {
  std::string head;
  char byte = 0;
  while (head.find("\r\n\r\n") == head.npos && ::recv(connection, &byte, 1, 0) == 1) head += byte;
  const HttpRequest request = parse(head);
  int number = 0;
  {
    const std::lock_guard lock(mutex_);
    requests_.push_back(request);
    number = static_cast<int>(requests_.size());
  }
  const HttpReply reply = handler_(request, number);
  const std::string end = reply.head.empty() ? "" : "\r\nConnection: close\r\n\r\n";
  const std::string text = reply.head + end + reply.body;
  for (std::size_t sent = 0; sent < text.size();) {
    const ssize_t count = ::send(connection, text.data() + sent, text.size() - sent, MSG_NOSIGNAL);
    if (count <= 0) break;  // the client has closed the connection
    sent += static_cast<std::size_t>(count);
  }
  while (reply.stall && !ending_ && !is_ready(connection)) {
  }
  ::close(connection);
}

std::string unused_url() {
  std::string url;
  ::close(bound_socket(url));
  return url;
}

}  // namespace wrcor::test
