#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "core/descriptor.h"

namespace wrcor {

/// A lock that one process holds at a time: the system's lock on a small file that names the
/// holder. It ends with the process, however the process ends; a file that a crash left behind is
/// taken over. The file is removed with the object. If the file system has no locks, the lock is
/// always free, with a warning. A file with other content is not the program's: it is not changed,
/// and every function that takes a lock throws a UsageError.
class FileLock {
 public:
  /// Takes the lock of `file`; nothing if another process holds it.
  /// @throws RunError when the file cannot be made
  static std::optional<FileLock> try_take(const std::filesystem::path& file);

  /// Takes the lock of `file`. @throws RunError; UsageError when another process holds it: the
  /// message names the process that writes `what`
  static FileLock take(const std::filesystem::path& file, const std::filesystem::path& what);

  /// Takes the lock of `file` as soon as it is free.
  /// @param waiting  called several times a second while another process holds it, with
  ///                 holder(file); may throw to give up
  /// @throws RunError
  static FileLock wait(const std::filesystem::path& file,
                       const std::function<void(const std::string& holder)>& waiting);

  /// The holder of the lock of `file`: "process 4711 on 'host' since 2026-01-31T14:25:01Z", or
  /// "another process" if unknown.
  static std::string holder(const std::filesystem::path& file);

  ~FileLock();
  FileLock(FileLock&& other) noexcept = default;
  FileLock& operator=(FileLock&&) = delete;

 private:
  FileLock(std::filesystem::path file, Descriptor locked);
  void sign() const;

  std::filesystem::path file_;
  Descriptor locked_;  ///< none on a file system without locks
};

}  // namespace wrcor
