#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

namespace wrcor {

/// Progress of a download, in bytes.
struct DownloadState {
  std::uint64_t done = 0;
  std::uint64_t total = 0;
  std::uint64_t resumed = 0;  ///< of `done`, those from an earlier attempt
};
using DownloadSink = std::function<void(const DownloadState&)>;

struct DownloadOptions {
  DownloadSink progress;             ///< called several times a second
  std::function<void()> stop_point;  ///< called every second or more often; may throw to end it

  int attempts = 5;                             ///< transfers to start before giving up
  std::chrono::milliseconds first_pause{1000};  ///< after a broken transfer; doubled after each
  std::chrono::seconds stall{30};  ///< a transfer below 1 KiB/s for this long counts as broken
};

/// Downloads the content of a URL (http, https or file) to a file. A broken transfer is resumed if
/// the server supports it; the caller checks the content.
///
/// Broken transfers and overloaded servers are retried. Proxies are taken from the environment, as
/// libcurl documents. However the download ends, the received data are kept for the next attempt.
///
/// @param bytes  of the whole content; a server that announces or sends another number is refused
/// @throws DataError naming the URL and the reason; RunError when the file cannot be written;
///         whatever `stop_point` throws
void download(const std::string& url, const std::filesystem::path& file, std::uint64_t bytes,
              const DownloadOptions& options);

}  // namespace wrcor
