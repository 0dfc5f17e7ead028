#include "core/file_lock.h"

#include <fcntl.h>
#include <spdlog/fmt/chrono.h>
#include <spdlog/spdlog.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <climits>
#include <cstring>
#include <ctime>
#include <string_view>
#include <thread>
#include <utility>

#include <nlohmann/json.hpp>

#include "core/file.h"
#include "core/json.h"
#include "wrcor/core/error.h"

namespace wrcor {
namespace {

std::string host_name() {
  char name[HOST_NAME_MAX + 1] = {};
  return ::gethostname(name, HOST_NAME_MAX) == 0 ? name : "";
}

RunError cannot_lock(const std::filesystem::path& file) {
  return RunError("cannot write '" + file.string() +
                  "', which keeps other processes out: " + std::strerror(errno));
}

UsageError not_a_lock(const std::filesystem::path& file) {
  return UsageError("'" + file.string() +
                    "' is not the lock that belongs there, which would replace it; move it, or "
                    "write somewhere else");
}

bool is_at(const std::filesystem::path& path, const Descriptor& opened) {
  struct stat mine {};
  struct stat found {};
  return ::fstat(opened.number(), &mine) == 0 && ::stat(path.c_str(), &found) == 0 &&
         same_file(mine, found);
}

/// A longer file is not one of our locks.
constexpr std::size_t longest_details = 1024;

/// The beginning of every text of sign().
constexpr std::string_view opening = R"({"host":")";

/// Whether sign() wrote a file, at least in part: a truncated file ends early, or has zeros instead
/// of text after a crash of the machine.
bool is_lock(const Descriptor& opened) {
  std::string text(longest_details + 1, '\0');
  const ssize_t size =
      uninterrupted([&] { return ::pread(opened.number(), text.data(), text.size(), 0); });
  if (size < 0 || static_cast<std::size_t>(size) > longest_details) return false;
  text.resize(static_cast<std::size_t>(size));
  return text.find_first_not_of('\0') == text.npos || text.starts_with(opening) ||
         opening.starts_with(text);
}

bool has_no_locks(int error) {
  return error == ENOLCK || error == EOPNOTSUPP || error == ENOSYS || error == EINVAL;
}

}  // namespace

FileLock::FileLock(std::filesystem::path file, Descriptor locked)
    : file_(std::move(file)), locked_(std::move(locked)) {}

FileLock::~FileLock() {
  // Removed while locked, so that no other process holds it: a process that opened it before the
  // removal finds that it is no longer at its path, and opens the next.
  if (locked_ && is_at(file_, locked_)) ::unlink(file_.c_str());
}

std::optional<FileLock> FileLock::try_take(const std::filesystem::path& file) {
  for (;;) {
    Descriptor opened(uninterrupted(
        [&] { return ::open(file.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0666); }));
    if (!opened && errno == ELOOP) throw not_a_lock(file);
    if (!opened) throw cannot_lock(file);
    if (uninterrupted([&] { return ::flock(opened.number(), LOCK_EX | LOCK_NB); }) != 0) {
      if (errno == EWOULDBLOCK) return std::nullopt;
      if (!has_no_locks(errno)) throw cannot_lock(file);
      spdlog::warn("'{}': this file system has no locks ({}); let no other process write there",
                   file.string(), std::strerror(errno));
      return FileLock(file, Descriptor());
    }
    if (!is_at(file, opened)) continue;  // its holder removed it in the meantime
    if (!is_lock(opened)) throw not_a_lock(file);
    FileLock lock(file, std::move(opened));
    lock.sign();
    return lock;
  }
}

FileLock FileLock::take(const std::filesystem::path& file, const std::filesystem::path& what) {
  if (std::optional<FileLock> lock = try_take(file)) return std::move(*lock);
  throw UsageError("'" + what.string() + "' is being written by " + holder(file) +
                   "; wait for it to end, or choose another --out");
}

FileLock FileLock::wait(const std::filesystem::path& file,
                        const std::function<void(const std::string& holder)>& waiting) {
  for (;;) {
    if (std::optional<FileLock> lock = try_take(file)) return std::move(*lock);
    waiting(holder(file));
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
  }
}

std::string FileLock::holder(const std::filesystem::path& file) {
  try {
    const auto details = parse_json(read_file(file, longest_details));
    return fmt::format("process {} on '{}' since {}", details.at("pid").get<long>(),
                       details.at("host").get<std::string>(),
                       details.at("since").get<std::string>());
  } catch (const DataError&) {                  // just removed, or only its holder may read it
  } catch (const JsonError&) {                  // it is just being written
  } catch (const nlohmann::json::exception&) {  // it has another form
  }
  return "another process";
}

/// Records the holder of the lock; a failure only makes a message less precise.
void FileLock::sign() const {
  const nlohmann::ordered_json details{
      {"host", host_name()},
      {"pid", ::getpid()},
      {"since", fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr)))}};
  const std::string text =
      details.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
  if (::ftruncate(locked_.number(), 0) != 0 || ::pwrite(locked_.number(), text.data(), text.size(),
                                                        0) != static_cast<ssize_t>(text.size())) {
    spdlog::warn("'{}' does not say who holds it: {}", file_.string(), std::strerror(errno));
  }
}

}  // namespace wrcor
