#include "wrcor/core/file.h"

#include <fcntl.h>
#include <spdlog/spdlog.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>

#include "wrcor/core/error.h"

namespace wrcor {
namespace {

std::string reason() { return std::strerror(errno); }

[[noreturn]] void fail_to_write(const std::filesystem::path& path, const std::string& why) {
  throw RunError("cannot write '" + path.string() + "': " + why);
}

bool write_all(int descriptor, std::string_view content) {
  while (!content.empty()) {
    const ssize_t written = ::write(descriptor, content.data(), content.size());
    if (written < 0) {
      if (errno == EINTR) continue;
      return false;
    }
    content.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

}  // namespace

std::string read_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (std::filesystem::is_directory(path)) errno = EISDIR, in.setstate(std::ios::failbit);
  if (!in) throw DataError("cannot read '" + path.string() + "': " + reason());
  std::ostringstream content;
  content << in.rdbuf();
  if (in.bad()) throw DataError("cannot read '" + path.string() + "': " + reason());
  return std::move(content).str();
}

void write_file_atomic(const std::filesystem::path& path, std::string_view content) {
  const std::filesystem::path temporary = path.string() + ".partial." + std::to_string(::getpid());
  const int descriptor = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (descriptor < 0) fail_to_write(path, reason());
  const bool written = write_all(descriptor, content) && ::fsync(descriptor) == 0;
  const std::string why = written ? "" : reason();
  ::close(descriptor);
  if (!written) {
    ::unlink(temporary.c_str());
    fail_to_write(path, why);
  }
  if (::rename(temporary.c_str(), path.c_str()) != 0) {
    const std::string rename_reason = reason();
    ::unlink(temporary.c_str());
    fail_to_write(path, rename_reason);
  }
  flush_directory(path.has_parent_path() ? path.parent_path() : ".");
}

void create_folders(const std::filesystem::path& path) {
  std::error_code failure;
  std::filesystem::create_directories(path, failure);
  if (failure) throw RunError("cannot create '" + path.string() + "': " + failure.message());
}

void flush_directory(const std::filesystem::path& directory) {
  const int descriptor = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0)
    return;  // some file systems do not let a directory be opened; the rename stands
  ::fsync(descriptor);
  ::close(descriptor);
}

AppendOnlyFile::AppendOnlyFile(std::filesystem::path path) : path_(std::move(path)) {
  descriptor_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
  if (descriptor_ < 0) fail_to_write(path_, reason());
  // File systems without locks are used without.
  if (::flock(descriptor_, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
    ::close(descriptor_);
    throw UsageError("'" + path_.string() +
                     "' is being written by another process; wait for it, or choose another --out");
  }
}

bool AppendOnlyFile::empty() const {
  struct stat now {};
  return ::fstat(descriptor_, &now) == 0 && now.st_size == 0;
}

AppendOnlyFile::Lines AppendOnlyFile::lines() const {
  const std::string text = read_file(path_);
  Lines lines;
  std::size_t start = 0;
  for (std::size_t end; (end = text.find('\n', start)) != text.npos; start = end + 1) {
    lines.complete.push_back(text.substr(start, end - start));
  }
  lines.incomplete = text.substr(start);
  return lines;
}

void AppendOnlyFile::drop_incomplete(const Lines& lines) {
  if (lines.incomplete.empty()) return;
  spdlog::warn("{}: the last line is incomplete and is dropped", path_.string());
  off_t size = 0;
  for (const std::string& line : lines.complete) size += static_cast<off_t>(line.size()) + 1;
  if (::ftruncate(descriptor_, size) != 0) fail_to_write(path_, reason());
}

AppendOnlyFile::~AppendOnlyFile() { ::close(descriptor_); }

void AppendOnlyFile::append_line(std::string_view line) {
  struct stat before {};
  if (::fstat(descriptor_, &before) != 0) fail_to_write(path_, reason());
  if (!write_all(descriptor_, std::string(line) + '\n') ||
      (::fdatasync(descriptor_) != 0 &&
       errno != EINVAL)) {  // EINVAL: a pipe or a device, nothing to flush
    const std::string why = reason();
    if (S_ISREG(before.st_mode) && ::ftruncate(descriptor_, before.st_size) != 0) {
      fail_to_write(path_, why + " (and the incomplete last line could not be removed)");
    }
    fail_to_write(path_, why);
  }
}

}  // namespace wrcor
