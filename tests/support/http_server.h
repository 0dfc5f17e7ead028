#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace wrcor::test {

struct HttpRequest {
  std::string path;                          ///< "/archive.tar.gz"
  std::optional<std::uint64_t> range_start;  ///< of "Range: bytes=N-"
};

/// The reply of a server, which need not conform to HTTP.
struct HttpReply {
  std::string head;    ///< status line and headers, without the final empty line
  std::string body;    ///< the connection is closed after it
  bool stall = false;  ///< the connection stays open after the body, without another byte
};

/// The content with status 200 and its length.
HttpReply whole(const std::string& content);
/// The same, or the requested range with status 206.
HttpReply ranged(const std::string& content, const HttpRequest& request);
/// The reply, cut off after this many bytes of its body.
HttpReply cut(HttpReply reply, std::size_t bytes);
/// An answer without a body, such as "404 Not Found".
HttpReply status(const std::string& status, const std::string& header = {});

/// An HTTP server on a free port of 127.0.0.1 that replies by a handler, each connection in its own
/// thread.
class HttpServer {
 public:
  /// @param number  of the request, from 1
  using Handler = std::function<HttpReply(const HttpRequest& request, int number)>;

  explicit HttpServer(Handler handler);
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  /// "http://127.0.0.1:PORT"
  std::string url() const { return url_; }
  /// All so far.
  std::vector<HttpRequest> requests() const;

 private:
  void accept_connections();
  void serve(int connection);

  Handler handler_;
  std::string url_;
  int listener_;
  std::atomic<bool> ending_{false};
  mutable std::mutex mutex_;
  std::vector<HttpRequest> requests_;
  std::vector<std::thread> connections_;
  std::thread acceptor_;
};

/// URL of a port of this machine without a listener.
std::string unused_url();

}  // namespace wrcor::test
