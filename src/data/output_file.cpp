#include "internal/output_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "wrcor/core/error.h"

namespace wrcor {

OutputFile::OutputFile(std::filesystem::path path)
    : path_(std::move(path)),
      // A link, or a named pipe without a reader, is refused.
      descriptor_(::open(path_.c_str(),
                         O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC,
                         0666)) {
  struct stat now {};
  if (descriptor_ < 0 || ::fstat(descriptor_, &now) != 0) fail();
  if (!S_ISREG(now.st_mode) || now.st_nlink != 1) {
    ::close(descriptor_);
    throw RunError("cannot write '" + path_.string() +
                   "': it is not a file of its own; move it, then try again");
  }
  size_ = static_cast<std::uint64_t>(now.st_size);
}

OutputFile::~OutputFile() { ::close(descriptor_); }

void OutputFile::append(std::span<const char> bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail();
    size_ += static_cast<std::uint64_t>(written);
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
}

void OutputFile::clear() {
  if (size_ > 0 && ::ftruncate(descriptor_, 0) != 0) fail();
  size_ = 0;
}

void OutputFile::flush() {
  if (::fsync(descriptor_) != 0) fail();
}

void OutputFile::fail() const {
  throw RunError("cannot write '" + path_.string() + "': " + std::strerror(errno));
}

}  // namespace wrcor
