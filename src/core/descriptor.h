#pragma once

#include <filesystem>
#include <utility>

#include <sys/stat.h>
#include <unistd.h>

namespace wrcor {

/// An open file, closed with the object.
class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }

  int number() const { return number_; }
  int release() { return std::exchange(number_, -1); }
  explicit operator bool() const { return number_ >= 0; }

  /// Whether `path` still leads to this file; it may have been deleted or replaced.
  bool is_at(const std::filesystem::path& path) const {
    struct stat mine {};
    struct stat found {};
    return ::fstat(number_, &mine) == 0 && ::stat(path.c_str(), &found) == 0 &&
           mine.st_dev == found.st_dev && mine.st_ino == found.st_ino;
  }

 private:
  int number_;
};

}  // namespace wrcor
