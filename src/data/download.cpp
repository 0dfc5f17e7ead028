#include "wrcor/data/download.h"

#include <curl/curl.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <exception>
#include <memory>
#include <span>
#include <string_view>
#include <thread>

#include "core/counted.h"
#include "internal/output_file.h"
#include "wrcor/core/error.h"
#include "wrcor/core/version.h"

namespace wrcor {
namespace {

using CurlHandle = std::unique_ptr<CURL, decltype(&curl_easy_cleanup)>;

CurlHandle make_handle() {
  static const CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT);
  CurlHandle handle(ready == CURLE_OK ? curl_easy_init() : nullptr, curl_easy_cleanup);
  if (!handle) throw RunError("libcurl cannot be started");
  return handle;
}

/// Outcome of one transfer.
struct Outcome {
  enum class Kind {
    complete,
    no_resume,  ///< the server cannot resume in the middle of a file
    broken,     ///< may succeed another time
    refused,
  } kind;
  std::string reason;
};

class Transfer {
 public:
  /// @param offset  byte of the content to start at: the size of the file, or 0 to replace it
  Transfer(const std::string& url, OutputFile& file, std::uint64_t offset, std::uint64_t bytes,
           const DownloadOptions& options)
      : file_(file), offset_(offset), bytes_(bytes), options_(options) {
    set(CURLOPT_URL, url.c_str());
    set(CURLOPT_USERAGENT, (std::string("wrcor/") + version).c_str());
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_FAILONERROR, 1L);
    set(CURLOPT_ERRORBUFFER, message_.data());
    set(CURLOPT_CONNECTTIMEOUT, 20L);
    set(CURLOPT_LOW_SPEED_LIMIT, 1024L);
    set(CURLOPT_LOW_SPEED_TIME, static_cast<long>(options.stall.count()));
    set(CURLOPT_FOLLOWLOCATION, 1L);
    set(CURLOPT_MAXREDIRS, 5L);
    restrict_protocols();
    set(CURLOPT_RESUME_FROM_LARGE, static_cast<curl_off_t>(offset));
    set(CURLOPT_WRITEFUNCTION, &Transfer::on_data);
    set(CURLOPT_WRITEDATA, this);
    set(CURLOPT_NOPROGRESS, 0L);
    set(CURLOPT_XFERINFOFUNCTION, &Transfer::on_progress);
    set(CURLOPT_XFERINFODATA, this);
  }

  Outcome run() {
    const CURLcode code = curl_easy_perform(handle_.get());
    if (failure_) std::rethrow_exception(failure_);
    return judge(code);
  }

 private:
  template <typename Value>
  void set(CURLoption option, Value value) {
    curl_easy_setopt(handle_.get(), option, value);
  }

  template <typename Value>
  Value info(CURLINFO what) const {
    Value value{};
    curl_easy_getinfo(handle_.get(), what, &value);
    return value;
  }

  void restrict_protocols() {
#if LIBCURL_VERSION_NUM >= 0x075500
    set(CURLOPT_PROTOCOLS_STR, "http,https,file");
    set(CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
#else
    set(CURLOPT_PROTOCOLS, static_cast<long>(CURLPROTO_HTTP | CURLPROTO_HTTPS | CURLPROTO_FILE));
    set(CURLOPT_REDIR_PROTOCOLS, static_cast<long>(CURLPROTO_HTTP | CURLPROTO_HTTPS));
#endif
  }

  // Exceptions must not pass through libcurl, which is C: they are stored in failure_.
  static std::size_t on_data(char* data, std::size_t, std::size_t size, void* self) {
    auto& transfer = *static_cast<Transfer*>(self);
    try {
      return transfer.take({data, size}) ? size : 0;
    } catch (...) {
      transfer.failure_ = std::current_exception();
      return 0;
    }
  }

  static int on_progress(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    auto& transfer = *static_cast<Transfer*>(self);
    try {
      transfer.report();
      return 0;
    } catch (...) {
      transfer.failure_ = std::current_exception();
      return 1;
    }
  }

  /// Size of the content that the server announces; negative if it announces none.
  std::int64_t announced() const {
    const auto rest = info<curl_off_t>(CURLINFO_CONTENT_LENGTH_DOWNLOAD_T);
    return rest < 0 ? -1 : static_cast<std::int64_t>(offset_) + rest;
  }

  bool has_wrong_size() const {
    return announced() >= 0 && static_cast<std::uint64_t>(announced()) != bytes_;
  }

  /// If the announced size is wrong, nothing is written and existing data are kept.
  bool take(std::span<const char> data) {
    if (!started_ && has_wrong_size()) return false;
    if (!started_ && offset_ == 0) file_.clear();
    started_ = true;
    too_long_ = file_.size() + data.size() > bytes_;
    if (!too_long_) file_.append(data);
    return !too_long_;
  }

  void report() {
    if (options_.stop_point) options_.stop_point();
    if (options_.progress && started_) options_.progress({file_.size(), bytes_, offset_});
  }

  Outcome judge(CURLcode code) const {
    using Kind = Outcome::Kind;
    constexpr long range_not_satisfiable = 416, timeout = 408, too_many = 429, server_errors = 500;
    const std::string words = message_[0] != '\0' ? message_.data() : curl_easy_strerror(code);
    const auto status = info<long>(CURLINFO_RESPONSE_CODE);
    if (too_long_)
      return {Kind::refused, "found more than the expected " + counted(bytes_, "byte")};
    switch (code) {
      case CURLE_OK:
        if (status == range_not_satisfiable) return {Kind::no_resume, words};
        if (file_.size() == bytes_ && !has_wrong_size()) return {Kind::complete, {}};
        [[fallthrough]];
      case CURLE_WRITE_ERROR:  // take() refused the data
        if (has_wrong_size()) {
          return {Kind::refused, "found a file of " + counted(announced(), "byte") + ", expected " +
                                     counted(bytes_, "byte")};
        }
        return {Kind::broken, "the transfer ended at byte " + std::to_string(file_.size()) +
                                  " of " + std::to_string(bytes_)};
      case CURLE_RANGE_ERROR:
      case CURLE_BAD_DOWNLOAD_RESUME:
        return {Kind::no_resume, words};
      case CURLE_HTTP_RETURNED_ERROR: {
        const bool passing = status >= server_errors || status == timeout || status == too_many;
        return {passing ? Kind::broken : Kind::refused,
                "the server answered " + std::to_string(status)};
      }
      case CURLE_COULDNT_RESOLVE_PROXY:
      case CURLE_COULDNT_RESOLVE_HOST:
      case CURLE_COULDNT_CONNECT:
        // A connection that has worked may come back; one that never worked is not retried.
        return {file_.size() > 0 ? Kind::broken : Kind::refused, words};
      case CURLE_OPERATION_TIMEDOUT:
      case CURLE_PARTIAL_FILE:
      case CURLE_GOT_NOTHING:
      case CURLE_SEND_ERROR:
      case CURLE_RECV_ERROR:
      case CURLE_HTTP2:
      case CURLE_HTTP2_STREAM:
        return {Kind::broken, words};
      default:
        return {Kind::refused, words};
    }
  }

  OutputFile& file_;
  std::uint64_t offset_;
  std::uint64_t bytes_;
  const DownloadOptions& options_;
  CurlHandle handle_ = make_handle();
  std::array<char, CURL_ERROR_SIZE> message_{};
  bool started_ = false;
  bool too_long_ = false;
  std::exception_ptr failure_;
};

/// libcurl would wait for the other end of a named pipe, whatever signals come.
void require_file(const std::string& url) {
  constexpr std::string_view scheme = "file://";
  if (!url.starts_with(scheme)) return;
  std::error_code unknown;  // libcurl reports it
  const auto status = std::filesystem::status(url.substr(scheme.size()), unknown);
  if (std::filesystem::exists(status) && !std::filesystem::is_regular_file(status))
    throw DataError(url + ": not a file");
}

void wait(std::chrono::milliseconds time, const DownloadOptions& options) {
  constexpr std::chrono::milliseconds slice{100};
  for (; time.count() > 0; time -= slice) {
    if (options.stop_point) options.stop_point();
    std::this_thread::sleep_for(std::min(time, slice));
  }
}

}  // namespace

void download(const std::string& url, const std::filesystem::path& path, std::uint64_t bytes,
              const DownloadOptions& options) {
  using Kind = Outcome::Kind;
  require_file(url);
  OutputFile file(path);
  if (file.size() > bytes) file.clear();
  std::chrono::milliseconds pause = options.first_pause;
  bool resume = true;
  for (int attempt = 1; file.size() < bytes; ++attempt) {
    const Outcome outcome = Transfer(url, file, resume ? file.size() : 0, bytes, options).run();
    if (outcome.kind == Kind::complete) break;
    if (outcome.kind == Kind::refused) throw DataError(url + ": " + outcome.reason);
    if (attempt >= options.attempts) {
      throw DataError(url + ": " + outcome.reason + " (tried " + std::to_string(attempt) +
                      " times; the received part is kept)");
    }
    resume = outcome.kind == Kind::broken;
    if (!resume) continue;
    spdlog::warn("{}: {}; trying again in {:.1f} s", url, outcome.reason,
                 std::chrono::duration<double>(pause).count());
    wait(pause, options);
    pause *= 2;
  }
  file.flush();
}

}  // namespace wrcor
