#pragma once

#include <filesystem>
#include <optional>

namespace wrcor {

/// An exclusive lock between processes, and between threads, by a file of its own. It goes with the
/// object, and with the process, however that ends; the file stays. File systems without locks are
/// used without.
class FileLock {
 public:
  /// Creates the file if need be. @return nothing while another holds the lock. @throws RunError.
  static std::optional<FileLock> try_acquire(const std::filesystem::path& path);

  FileLock(FileLock&& other) noexcept;
  FileLock& operator=(FileLock&&) = delete;
  ~FileLock();

 private:
  explicit FileLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

}  // namespace wrcor
