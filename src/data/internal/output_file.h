#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>

namespace wrcor {

/// A file that is written from front to back. Every failure is a RunError that names the file.
class OutputFile {
 public:
  /// Opens or creates the file, to append at its end; never through a link, and only a regular
  /// file.
  explicit OutputFile(std::filesystem::path path);
  ~OutputFile();
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  std::uint64_t size() const { return size_; }
  void append(std::span<const char> bytes);
  /// Makes the file empty.
  void clear();
  /// Waits until all of it is on the disk.
  void flush();

 private:
  [[noreturn]] void fail() const;

  std::filesystem::path path_;
  int descriptor_;
  std::uint64_t size_ = 0;
};

}  // namespace wrcor
